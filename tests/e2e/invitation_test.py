#!/usr/bin/env python3
"""Invitations as an administrator meets them: written, listed, withdrawn; and a `join` that the superior refuses leaves
nothing behind, says so in the person's language, and can be run again at once."""
import http.server
import threading

from lib_offices import *


def told(home, *words):
    """What a person reads in Chinese."""
    p = subprocess.run([YIZHAN, "--home", home, *words], capture_output=True, env=dict(environment(), YIZHAN_LANG="zh"), timeout=300, stdin=subprocess.DEVNULL)
    return p.returncode, (p.stdout + p.stderr).decode()


def refused(what, word, home, *words):
    """Refused with that word in the sentence, and neither home nor recovery sheet left."""
    sheet = path("sheet")
    code, said = told(home, "join", *words, "--recovery-sheet", sheet)
    check(f"{what}: refused, in Chinese", code == 76 and word in said and "再执行 yizhan join" in said, (code, said))
    check("... no half-made home, no sheet", not os.path.exists(home) and not os.path.exists(sheet), said)


def open_ones(home):
    return [i for i in run(home, "invitation", "list")[1]["invitations"] if i["state"] == "open"]


def withdrawn(county, town, port):
    first = invite(county, "370783105", "柳河镇", "township", port)
    second = invite(county, "370783105", "柳河镇", "township", port)
    check("both stand in the list, unused", [(i["office"], i["name"], i["kind"]) for i in open_ones(county)] == [("370783105", "柳河镇", "new")] * 2, open_ones(county))
    for i in open_ones(county):
        expect("one is withdrawn", 0, county, "invitation", "withdraw", i["id"][:10])
    refused("a withdrawn invitation", "撤回", town, first, "--officer", "王芳")
    refused("and the other", "撤回", town, second, "--officer", "王芳")
    expect("once more is no use", 65, county, "invitation", "withdraw", run(county, "invitation", "list")[1]["invitations"][0]["id"])
    expect("one that never was", 66, county, "invitation", "withdraw", "0" * 12)


def joined(county, town, port):
    line = invite(county, "370783105", "柳河镇", "township", port)
    sheet = path("sheet")
    said = expect("the same folder and the same sheet serve when it is right", 0, town, "join", line, "--officer", "王芳", "--recovery-sheet", sheet)
    check("... and it is a member at once", said.get("state") == "ready" and os.path.exists(sheet), said)
    check("the invitation is used, by that office", [(i["state"], i["used_by"]) for i in run(county, "invitation", "list")[1]["invitations"] if i["state"] == "used"] == [("used", "370783105")])
    os.remove(sheet)
    refused("a used invitation", "用过", path("late"), line, "--officer", "孙丽")
    code, said = told(town, "join", line, "--officer", "王芳")
    check("a home that is in use is left alone, and that is said", code == 65 and "不是空的" in said and os.path.exists(os.path.join(town, "keys")), (code, said))


class Cut(http.server.BaseHTTPRequestHandler):
    """Takes the first request whole and never answers it; refuses the others, unsigned, as anybody on the line can."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        self.close_connection = True
        if self.server.asked == 1:
            return self.connection.shutdown(socket.SHUT_RDWR)
        self.send_response(403)
        self.send_header("Content-Length", "9")
        self.end_headers()
        self.wfile.write(b"join.used")

    def log_message(self, *_):
        pass


def unanswered(county, late):
    """The first request may have been granted: then its keys are registered above, and only this home has them."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cut) as server:
        server.asked = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        line = invite(county, "370783107", "黑石镇", "township", server.server_port)
        sheet = path("late-sheet")
        code, said = told(late, "join", line, "--officer", "王芳", "--recovery-sheet", sheet)
        server.shutdown()
    check("a refusal after a request that was never answered is told", server.asked == 2 and code == 76 and "用过" in said and "原样保留" in said, (server.asked, code, said))
    check("... and home and sheet are kept", os.path.exists(os.path.join(late, "keys")) and os.path.exists(sheet), said)
    expect("... with which it can go on", 0, late, "status")


def machine(town, ports):
    stop_me = serve(town, "--sync", f"127.0.0.1:{ports[1]}")
    line = expect("a machine is invited; where it is reached the node knows itself", 0, town, "node", "invite", "--name", "值班室", "--officer", "赵敏")["invitation"]
    two = path("two")
    code, said = told(two, "join", line, "--officer", "张三")
    check("another officer than it was made for is refused in words", code == 76 and "另一位人员" in said, (code, said))
    check("... and leaves no half-made home", not os.path.exists(two), said)
    said = expect("with the right name, in the same folder", 0, two, "join", line, "--officer", "赵敏")
    check("... it is the second machine", said.get("state") == "ready" and said.get("office") == "370783105", said)
    stop(stop_me)


def by_file(county, town):
    line = expect("by file", 0, county, "invite", "--code", "370783106", "--name", "石桥镇", "--level", "township")["invitation"]
    code, said = told(town, "join", line, "--officer", "孙丽", "--request", path("no/such/folder/request"))
    check("a request that cannot be written leaves no home", code != 0 and not os.path.exists(town), (code, said))
    expect("in the same folder it is written then", 0, town, "join", line, "--officer", "孙丽", "--request", path("request"))
    expect("the county admits it", 0, county, "admit", path("request"), "--answer", path("answer"))
    wrong = write("wrong", "这 不是 那个 口令\n")
    os.chmod(wrong, 0o600)
    code, said = told(town, "join", "--answer", path("answer"), "--as", "孙丽", "--passphrase-file", wrong)
    check("with a wrong passphrase the answer is not taken, and that is said in Chinese", code == 77 and "口令不正确" in said, (code, said))
    code, said = told(town, "join", "--answer", path("answer"), "--as", "钱七")
    check("nor by somebody nobody knows", code in (66, 77) and "没有这位人员" in said, (code, said))
    said = expect("with the right one it is", 0, town, "join", "--answer", path("answer"), "--as", "孙丽")
    check("... and nothing was lost in between", said.get("state") == "ready", said)


def main():
    county, town = path("county"), path("town")
    ports = free_ports(2)
    expect("the county", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    serving = serve(county, "--sync", f"127.0.0.1:{ports[0]}")
    withdrawn(county, town, ports[0])
    joined(county, town, ports[0])
    machine(town, ports)
    unanswered(county, path("cut"))
    stop(serving)
    by_file(county, path("town3"))


finish(main)
