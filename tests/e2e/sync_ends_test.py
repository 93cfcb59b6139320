#!/usr/bin/env python3
"""`sync` ends by itself on a line that brings hellos back and errors instead of answers. What was signed stays queued and
arrives when the line is good again."""
import http.client
import http.server
import subprocess
import threading

from lib_offices import *


class Halfway(http.server.BaseHTTPRequestHandler):
    """Passes on what it is asked; when `broken`, every exchange is answered by an error of its own."""

    protocol_version = "HTTP/1.1"
    county = 0
    broken = False
    refused = 0

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, answer, kind = 500, b"", "text/plain"
        if Halfway.broken and self.path == "/sync/v1/exchange":
            Halfway.refused += 1
        else:
            line = http.client.HTTPConnection("127.0.0.1", Halfway.county, timeout=30)
            line.request(self.command, self.path, body, {"Content-Type": self.headers.get("Content-Type", "")})
            said = line.getresponse()
            status, answer, kind = said.status, said.read(), said.getheader("Content-Type") or kind
            line.close()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = pass_on

    def log_message(self, *words):
        pass


def main():
    hub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Halfway)
    hub.daemon_threads = True
    hub.handle_error = lambda *words: None  # a connection that its client gave up
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    Halfway.county = free_port()
    county, town = path("county"), path("town")
    expect("the county", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    node = serve(county, "--sync", f"127.0.0.1:{Halfway.county}")
    line = invite(county, "370783105", "柳河镇", "township", hub.server_address[1])
    expect("the township joins", 0, town, "join", line, "--officer", "王芳")
    expect("and talks to it", 0, town, "sync")

    Halfway.broken = True
    case = report(town)[1]["case"]
    try:
        code, said = run(town, "sync")
    except subprocess.TimeoutExpired:
        code, said = None, "still running after 300 s"
    check("a line on which only hellos come back ends sync", code is not None, said)
    check("... after more than one try", Halfway.refused > 1, Halfway.refused)
    check("... which says that it waits, and why", code is not None and said.get("waiting") == 1 and said.get("reason"), (code, said))
    Halfway.broken = False
    expect("on a good line it goes", 0, town, "sync")
    check("it has arrived", deliveries(town, case).get("370783") in ("delivered", "opened"), deliveries(town, case))
    stop(node)
    hub.shutdown()


if __name__ == "__main__":
    finish(main)
