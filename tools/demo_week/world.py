"""The offices of the week as real processes, the clock that they are shown, and people who are signed in at them. Everything goes
through the command line and the API of a node, as people and the page do it."""
import ctypes
import datetime
import http.client
import json
import mmap
import os
import socket
import struct
import subprocess
import threading
import time
from urllib.parse import quote

CHINA = datetime.timezone(datetime.timedelta(hours=8))
PASSPHRASE = "柳河-夜雨-渡口-四十七"


class Broken(Exception):
    """Something did not go as it should: the demo says what and ends."""


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Clock:
    """What every process of the week takes for the time. Only moves forward."""

    def __init__(self, folder):
        self.file, self.library = os.path.join(folder, "clock"), os.path.join(folder, "clock.so")
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", self.library, os.path.join(here, "clock.c")], check=True)
        with open(self.file, "wb") as f:
            f.write(bytes(8))
        with open(self.file, "r+b") as f:
            self.shared = ctypes.c_int64.from_buffer(mmap.mmap(f.fileno(), 8))
        self.began = False

    def now(self):
        return datetime.datetime.fromtimestamp(time.time() + self.shared.value / 1000, CHINA)

    def go(self, to):
        offset = int((to.timestamp() - time.time()) * 1000)
        if not self.began or offset > self.shared.value:
            self.shared.value = offset
        self.began = True

    def environment(self):
        return {"LD_PRELOAD": self.library, "YZ_WEEK_CLOCK": self.file}


class Office:
    """One home, its node and the people at it."""

    def __init__(self, world, key, told):
        self.world, self.key = world, key
        self.code, self.name, self.level = told["code"], told["name"], told["level"]
        self.people, self.above = told["people"], told.get("above")
        self.one_person = len(self.people) == 1
        self.home = os.path.join(world.folder, key)
        self.web, self.sync = free_ports(2)
        self.process, self.sessions, self.lock = None, {}, threading.Lock()

    def call_program(self, *words):
        """A command of `yizhan`, as at a terminal."""
        p = subprocess.run([self.world.program, "--home", self.home, *words, "--json"], capture_output=True, env=self.world.environment(), stdin=subprocess.DEVNULL, timeout=120)
        try:
            said = json.loads(p.stdout)
        except ValueError:
            raise Broken(f"{self.name}: yizhan {' '.join(words)}: {p.stdout.decode()} {p.stderr.decode()}") from None
        if p.returncode not in (0, 69):
            raise Broken(f"{self.name}: yizhan {' '.join(words)}: {said}")
        return said

    def start(self, true_clock=False):
        self.sessions = {}
        log = open(self.home + ".err", "ab")
        self.process = subprocess.Popen([self.world.program, "--home", self.home, "serve", "--web", f"127.0.0.1:{self.web}", "--sync", f"127.0.0.1:{self.sync}", "--as", self.people[0]["name"]],
                                        stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env=self.world.environment(true_clock), start_new_session=True)
        said = self.process.stdout.readline().decode()
        if not said.startswith("ready"):
            raise Broken(f"{self.name} does not serve: {said}")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def ask(self, method, path, body=None, officer=None, good=(200, 201)):
        """A call as the page makes it: with the officer's session. Bytes go as octets."""
        officer = officer or self.people[0]["name"]
        session = self.session(officer)
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        code, answer, _ = session.send(method, "/api/v1" + path, data if method != "GET" else None, kind)
        if code == 401 and answer.get("code") == "login.confirm":  # five minutes after the passphrase was typed
            session.send("POST", "/api/v1/session/confirm", json.dumps({"passphrase": PASSPHRASE}).encode(), "application/json")
            code, answer, _ = session.send(method, "/api/v1" + path, data if method != "GET" else None, kind)
        if good and code not in good:
            raise Broken(f"{self.name} {officer}: {method} {path}: {answer}")
        return answer

    def session(self, officer):
        with self.lock:
            if officer not in self.sessions:
                self.sessions[officer] = Session(self, officer)
            return self.sessions[officer]


class Session:
    """Somebody signed in at a node, by cookie and token."""

    def __init__(self, office, officer):
        self.lock, self.used = threading.Lock(), time.monotonic()
        self.line = http.client.HTTPConnection("127.0.0.1", office.web, timeout=60)
        self.headers = {"Origin": f"http://127.0.0.1:{office.web}"}
        code, said, headers = self.send("POST", "/api/v1/session", json.dumps({"officer": officer, "passphrase": PASSPHRASE}).encode(), "application/json")
        if code != 200:
            raise Broken(f"{office.name}: {officer} can't sign in: {said}")
        self.headers |= {"Cookie": headers["Set-Cookie"].split(";")[0], "X-YZ-CSRF": said["csrf"]}

    def send(self, method, path, data, kind):
        with self.lock:
            if time.monotonic() - self.used > 5:  # the node closes a line that nobody uses
                self.line.close()
            self.line.request(method, path, data, dict(self.headers, **({"Content-Type": kind} if data is not None else {})))
            r = self.line.getresponse()
            content = r.read()
            self.used = time.monotonic()
        try:
            return r.status, json.loads(content or b"{}"), r.headers
        except ValueError:
            return r.status, content, r.headers


class World:
    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), folder
        os.makedirs(folder, exist_ok=True)
        self.clock = Clock(folder)
        self.passphrase = os.path.join(folder, "passphrase")
        with open(os.open(self.passphrase, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(PASSPHRASE + "\n")
        self.offices, self.second = {}, None

    def environment(self, true_clock=False):
        e = {k: v for k, v in os.environ.items() if not k.startswith(("YIZHAN", "LC_", "LANG", "LD_PRELOAD"))}
        return dict(e, YIZHAN_LANG="zh", YIZHAN_PASSPHRASE_FILE=self.passphrase, **({} if true_clock else self.clock.environment()))

    def found(self, key, told):
        """An office with its people, in the order from above to below."""
        o = self.offices[key] = Office(self, key, told)
        first = o.people[0]
        if o.above:
            above = self.offices[o.above]
            line = above.ask("POST", "/invitations", {"code": o.code, "name": o.name, "level": o.level, "url": f"http://127.0.0.1:{above.sync}", "two_person": not o.one_person})["invitation"]
            o.call_program("join", line, "--officer", first["name"], "--phone", first["phone"])
        else:
            self.root = o.call_program("init", "--code", o.code, "--name", o.name, "--level", o.level, "--officer", first["name"], "--phone", first["phone"], "--root", "--two-person")["fingerprint"]
        o.start()
        return o

    def fill(self, o):
        """Its other people, and the first contact with the office above."""
        for p in o.people[1:]:
            o.ask("POST", "/officers", {"name": p["name"], "roles": p["roles"], "phone": p["phone"], "new_passphrase": PASSPHRASE})
        if o.above:
            self.until(f"{o.name} is in", lambda: o.ask("GET", "/status")["state"] == "ready")
            o.ask("POST", "/root/confirm", {"fingerprint": self.root})
        if len(o.people) > 2:
            o.ask("POST", f"/officers/{quote(o.people[0]['name'])}/roles", {"roles": o.people[0]["keeps"]})

    def until(self, what, fact, seconds=90):
        """Waits for a fact. A node asks its superior now and then for what came meanwhile; here nobody waits for that."""
        end = time.monotonic() + seconds
        while not (got := fact()):
            if time.monotonic() > end:
                raise Broken(f"not within {seconds} s: {what}")
            for o in self.offices.values():
                if o.above and o.process:
                    o.ask("POST", "/sync", {}, good=())
        return got

    def settle(self):
        """Until nothing is under way: only then the clock may be moved on."""
        waiting = []

        def still():
            waiting[:] = [(o.name, lane, n["waiting"]) for o in self.offices.values() for lane, n in o.ask("GET", "/status")["lanes"].items()
                          if n["waiting"] and (lane != "bulk" or not self.second)]
            return not waiting
        try:
            self.until("what was sent has arrived", still)
        except Broken as e:
            raise Broken(f"{e}: {waiting} at {self.clock.now()}") from None


    def end(self):
        for o in [*self.offices.values(), *([self.second] if self.second else [])]:
            if o.process:
                o.process.kill()
