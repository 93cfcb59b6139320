#!/usr/bin/env python3
"""The web port of a real node, without a browser: wrong passphrases cost a wait and are written down, a session signs, its
events tell what the command line does meanwhile and are silent when nothing happens."""
import http.client
import threading

from lib_offices import *

PASSPHRASE = "柳河-夜雨-渡口-四十七 ferry"


class Browser:
    """What a page of this node may send."""

    def __init__(self, url):
        self.host = url
        self.cookie = self.csrf = ""

    def ask(self, method, target, body=None, **headers):
        c = http.client.HTTPConnection(self.host, timeout=60)
        own = {"Origin": f"http://{self.host}", "Content-Type": "application/json", "Cookie": self.cookie, "X-YZ-CSRF": self.csrf, "Accept-Language": "en"}
        own.update({k.replace("_", "-"): v for k, v in headers.items()})
        c.request(method, "/api/v1" + target, None if body is None else json.dumps(body).encode(), {k: v for k, v in own.items() if v})
        r = c.getresponse()
        said = json.loads(r.read() or b"{}")
        if cookie := r.getheader("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        c.close()
        return r.status, said

    def sign_in(self, officer, passphrase):
        status, said = self.ask("POST", "/session", {"officer": officer, "passphrase": passphrase})
        self.csrf = said.get("csrf", self.csrf)
        return status, said


def events(b, heard, stop_at):
    """Notes the events' names and data until the node ends the stream or it is long enough."""
    c = http.client.HTTPConnection(b.host, timeout=60)
    c.request("GET", "/api/v1/events", headers={"Cookie": b.cookie})
    r = c.getresponse()
    try:
        while len(heard) < stop_at and (line := r.readline()):
            if line.startswith((b"event:", b"data:")):
                heard.append(line.decode().strip())
    except OSError:
        pass


def guessing(b, home):
    for officer in ("王芳", "nobody"):
        status, said = b.sign_in(officer, "wrong")
        check(f"a wrong passphrase of {officer} is refused, and told like an unknown name", (status, said.get("code")) == (401, "login.denied"), (status, said))
    for _ in range(2):
        status, said = b.sign_in("王芳", "wrong")
    status, said = b.sign_in("王芳", PASSPHRASE)
    check("after four wrong tries even the right one has to wait", (status, said.get("code")) == (429, "login.wait"), (status, said))
    time.sleep(2)
    status, said = b.sign_in("王芳", PASSPHRASE)
    check("... and not for ever", status == 200, (status, said))
    tries = [e for e in b.ask("GET", "/journal")[1].get("entries", []) if e["action"] in ("login.denied", "login")]
    check("who tried stands in the journal", [e["action"] for e in tries] == ["login", "login.denied", "login.denied", "login.denied", "login.denied"], tries)


def listening(b, home):
    heard = []
    ear = threading.Thread(target=events, args=(b, heard, 6), daemon=True)
    ear.start()
    until("the stream is open", lambda: "event: hello" in heard)
    for _ in range(8):
        b.ask("GET", "/status", X_YZ_Background="1")
        time.sleep(0.5)
    check("questions alone make no events", heard == ["event: hello", "data: {}"], heard)
    code, said = report(home)
    case = said.get("case", "")
    until("what the command line does is told", lambda: any(case in x or '"all":true' in x for x in heard[2:]))
    return case


def roles_of(b, name):
    rows = b.ask("GET", "/officers")[1]["officers"]
    return [set(o["roles"]) for o in rows if o["name"] == name and o["state"] == "active"]


def roles_at_once(url, b, home):
    """What is given counts at once, and what is taken is gone at once, also in a session that was open before."""
    first = path("zhou.passphrase")
    with open(first, "w") as f:
        f.write(PASSPHRASE + "\n")
    expect("a drafter is added", 0, home, "officer", "add", "周敏", "--role", "drafter", "--passphrase-file-for", first)
    z = Browser(url)
    z.sign_in("周敏", PASSPHRASE)
    asked = {"name": "演练一"}
    status, said = z.ask("POST", "/exercise", {"on": True, **asked})
    check("a drafter begins no exercise, and hears who may", status == 403 and "王芳" in said["detail"] and "signer or duty officer" in said["detail"], (status, said))
    status, said = b.ask("POST", "/officers/%E5%91%A8%E6%95%8F/roles", {"roles": ["drafter", "reviewer", "signer"]})
    check("more roles are given", status == 200, (status, said))
    check("one certificate is in use, with all of them", roles_of(z, "周敏") == [{"drafter", "reviewer", "signer"}], roles_of(z, "周敏"))
    status, said = z.ask("POST", "/exercise", {"on": True, **asked})
    check("a role given counts at once in an open session", status == 200, (status, said))
    status, said = b.ask("POST", "/officers/%E5%91%A8%E6%95%8F/roles", {"roles": ["drafter"]})
    check("they are taken again", status == 200, (status, said))
    status, said = z.ask("POST", "/exercise", {"on": False, **asked})
    check("a role taken is gone at once in an open session", (status, said.get("code")) == (403, "denied.role"), (status, said))
    status, said = b.ask("POST", "/exercise", {"on": False, **asked})
    check("... and whoever has it still does it", status == 200, (status, said))


def main():
    home = path("county")
    expect("an office", 0, home, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "王芳", "--root")
    p = subprocess.Popen([YIZHAN, "--home", home, "serve", "--web", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    children.append(p)
    url = p.stdout.readline().decode().split("web=")[1].split()[0]
    b = Browser(url)
    guessing(b, home)
    listening(b, home)
    c = http.client.HTTPConnection(url, timeout=20)
    c.request("GET", "/api/v1/status", headers={"Host": "evil.example", "Cookie": b.cookie})
    check("another name is refused, session or not", c.getresponse().status == 403)
    status, said = b.ask("POST", "/reports", {"kind": "brief", "title": "柳河镇巡查道路"}, X_YZ_CSRF="0" * 64)
    check("without the session's token nothing is changed", (status, said.get("code")) == (403, "web.csrf"), (status, said))
    status, said = b.ask("POST", "/reports", {"kind": "brief", "title": "柳河镇巡查道路"})
    check("with it a draft is kept", status == 200 and said["state"] == "draft", (status, said))
    check("a good file of the page comes with its policy", page_headers(url))
    roles_at_once(url, b, home)
    expect("the officer is renewed", 0, home, "officer", "renew", "--as", "王芳")
    status, said = b.ask("GET", "/status")
    check("a new key ends the sessions of the old one", (status, said.get("code")) == (401, "login.session"), (status, said))
    b.sign_in("王芳", PASSPHRASE)
    token = b.cookie.split("=")[1]
    check("a token is 64 digits", len(token) == 64, token)
    heard = []
    ear = threading.Thread(target=events, args=(b, heard, 9), daemon=True)
    ear.start()
    until("the stream is open again", lambda: "event: hello" in heard)
    status, _ = b.ask("DELETE", "/session")
    until("signing out ends the stream", lambda: not ear.is_alive())
    status, said = b.ask("GET", "/status")
    check("... and the session", status == 401, (status, said))
    grep = subprocess.run(["grep", "-rl", token, home], capture_output=True)
    check("no token lies on the disk", grep.returncode == 1, grep.stdout)
    stop(p)


def page_headers(url):
    c = http.client.HTTPConnection(url, timeout=20)
    c.request("GET", "/")
    r = c.getresponse()
    r.read()
    return r.status == 200 and "script-src 'self'" in r.getheader("Content-Security-Policy", "") and r.getheader("Access-Control-Allow-Origin") is None


if __name__ == "__main__":
    finish(main)
