#!/usr/bin/env python3
"""The command line from outside: help, usage errors, exit codes, what goes to stdout and what to stderr.

Runs $YIZHAN (default build/yizhan) in a home of its own under /tmp. Prints ok/FAILED lines and `N passed, N failed`."""
import http.server
import json
import os
import pty
import select
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

YIZHAN = os.path.abspath(os.environ.get("YIZHAN", "build/yizhan"))
PASSPHRASE = "柳河-夜雨-渡口-四十七 ferry"
passed = failed = 0


def check(what, good, got=""):
    global passed, failed
    if good:
        passed += 1
        print(f"ok: {what}")
    else:
        failed += 1
        print(f"FAILED: {what}: {got!r}")


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            return {}

    def __repr__(self):
        return f"exit {self.code}, stdout {self.out[-300:]!r}, stderr {self.err[-300:]!r}"


def run(*words, home=None, lang="en", stdin=b"", passphrase_file=None, env=None):
    e = {k: v for k, v in os.environ.items() if not k.startswith(("YIZHAN_", "LC_", "LANG"))}
    e["YIZHAN_LANG"] = lang
    e["YIZHAN_PASSPHRASE_FILE"] = passphrase_file or os.path.join(work, "passphrase")
    e.update(env or {})
    command = [YIZHAN, *(["--home", home] if home else []), *words]
    p = subprocess.run(command, input=stdin, capture_output=True, env=e, timeout=120)
    return Result(p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace"))


def expect(what, code, *words, **options):
    r = run(*words, **options)
    check(f"{what}: exit {code}", r.code == code, r)
    return r


def write(name, content, mode=0o600):
    path = os.path.join(work, name)
    with open(path, "wb") as f:
        f.write(content.encode() if isinstance(content, str) else content)
    os.chmod(path, mode)
    return path


COMMANDS = """init|invite|join|admit|serve|sync|status|report|report new|report import|report list|report show|report edit
|report follow-up|report correct|report withdraw|report send|report submit|report review|report sign|report return
|report acknowledge|forward|conflict|conflict list|conflict show|conflict resolve|verify|evidence|doctor|backup|restore|officer|officer add|officer list|office|office list|passphrase
|passphrase change|version""".replace("\n", "").split("|")


def help_everywhere():
    for lang, word, other in (("zh", "用法：", "Usage:"), ("en", "Usage:", "用法：")):
        for command in [""] + COMMANDS:
            r = run(*command.split(), "--help", lang=lang)
            good = r.code == 0 and word in r.out and other not in r.out and r.err == "" and "--home" in r.out
            check(f"{command or 'yizhan'} --help ({lang})", good, r)
    check("help COMMAND is the same", run("help", "report", "new").out == run("report", "new", "--help").out)
    listed = run("--help").out
    check("every command is listed", all(f"\n  {c} " in listed for c in COMMANDS if " " not in c), listed)
    widest = max(len(line.encode("gbk", "replace")) for c in COMMANDS for line in run(*c.split(), "--help", lang="zh").out.split("\n"))
    check("no line of help is wider than 120 columns", widest <= 120, widest)


def usage_errors():
    for words in ([], ["report"], ["conflict"], ["conflict", "show"], ["conflict", "resolve", "a", "--set", "x"], ["statuz"], ["report", "nothing"], ["report", "show"], ["status", "--nothing"],
                  ["status", "extra"], ["init", "--code", "1"], ["--lang", "fr", "status"], ["report", "list", "--limit", "x"],
                  ["report", "new", "--kind", "poem", "--lane", "flash", "--title", "t", "--body-file", "-"], ["join"], ["--home"],
                  ["passphrase", "change", "secret"], ["verify", "a", "--all"]):
        for lang in ("zh", "en"):
            r = run(*words, lang=lang, home=None)
            check(f"usage error ({lang}): {' '.join(words)}", r.code == 2 and r.out == "" and r.err != "", r)
    r = run("nothing", "list", lang="zh")
    check("an unknown command lists what exists", "report" in r.err and "verify" in r.err and "没有这个命令" in r.err, r)


def no_home():
    nowhere = os.path.join(work, "nowhere")
    for lang, sentence in (("zh", "这里还没有单位"), ("en", "No office lives here yet")):
        r = expect(f"a missing home ({lang})", 66, "status", home=nowhere, lang=lang)
        check("... says so and what to do", sentence in r.err and "yizhan init" in r.err and nowhere in r.err, r)
    r = expect("a missing home with --json", 66, "status", "--json", home=nowhere)
    check("... is one problem document", r.json().get("exit") == 66 and r.json().get("code") == "cli.home_none", r)
    check("... and nothing was made", not os.path.exists(nowhere))
    r = expect("neither file nor terminal", 77, "status", home=work, env={"YIZHAN_PASSPHRASE_FILE": ""})
    expect("a passphrase file that is not there", 66, "status", home=work, passphrase_file="/nonexistent")
    r = expect("a weak new passphrase", 65, "init", "--code", "1", "--name", "n", "--level", "county", "--officer", "o", "--root",
               home=nowhere, passphrase_file=write("weak", "short\n"))
    check("... says what a good one is", "12" in r.err and not os.path.exists(nowhere), r)
    r = expect("version", 0, "version", "--json", home=nowhere)
    check("... has one", r.json().get("version", "").count(".") == 2, r)
    expect("--version", 0, "--version")
    expect("evidence check of nothing", 66, "evidence", "check", "/nonexistent")


def office():
    home = os.path.join(work, "home")
    words = ["init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root"]
    r = expect("init", 0, *words, "--json", home=home)
    d = r.json()
    check("... names the office", d.get("office") == "370783" and d.get("state") == "ready" and d.get("fingerprint"), r)
    check("... in a folder of mode 0700", os.stat(home).st_mode & 0o777 == 0o700, oct(os.stat(home).st_mode))
    expect("init over a home", 65, *words, home=home)

    r = expect("a wrong passphrase", 77, "report", "list", "--json", home=home, passphrase_file=write("wrong", "wrong wrong wrong\n"))
    check("... tells nothing else", "reports" not in r.out and r.err != "", r)
    r = expect("a readable passphrase file", 0, "status", home=home, passphrase_file=write("open", PASSPHRASE + "\n", 0o644))
    check("... is noted", "chmod 600" in r.err, r)
    expect("a passphrase file from Windows", 0, "status", home=home, passphrase_file=write("dos", PASSPHRASE + "\r\n"))
    expect("a passphrase file without a line end", 0, "status", home=home, passphrase_file=write("bare", PASSPHRASE))

    for lang in ("zh", "en"):
        for words in (["status"], ["report", "list"], ["officer", "list"], ["office", "list"], ["doctor"]):
            r = run(*words, home=home, lang=lang)
            check(f"{' '.join(words)} for people ({lang})", r.code == 0 and r.out.strip() and "\033" not in r.out, r)
    r = expect("invite --qr", 0, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--url", "http://127.0.0.1:1", "--qr", home=home)
    check("... prints the line first, then the picture", r.out.startswith("YZ1-") and "█" in r.out, r)
    for words in (["show", "no-such-case"], ["show", "aaaaaaaaaaaaaaaaaaaaaaaaaa"], ["sign", "aaaaaaaaaaaaaaaaaaaaaaaaaa"]):
        r = run("report", *words, "--json", home=home)
        check(f"unknown case: report {' '.join(words)}", r.code in (65, 66) and r.json().get("exit") == r.code, r)
    expect("an unknown case", 66, "report", "show", "aaaaaaaaaaaaaaaaaaaaaaaaaa", home=home)
    reports(home)
    no_conflict(home)
    imports(home)
    return home


def reports(home):
    new = ["report", "new", "--kind", "dynamic", "--lane", "routine", "--title", "全镇春耕备耕进展顺利"]
    body = "种子到位九成。\n\n第二段 with words.\n"
    r = expect("report new from standard input", 0, *new, "--body-file", "-", "--json", home=home, stdin=body.encode())
    case = r.json().get("case", "")
    check("... is a draft", r.json().get("state") == "draft" and len(case) == 26, r)
    r = expect("report show", 0, "report", "show", case[:8], "--json", home=home)
    check("... has the text as written, but for one line end", r.json().get("body") == body[:-1], r)
    for lang in ("zh", "en"):
        r = run("report", "show", case, home=home, lang=lang)
        check(f"report show for people ({lang})", r.code == 0 and "第二段 with words." in r.out, r)
    expect("report edit", 0, "report", "edit", case, "--title", "新标题", "--json", home=home)
    check("... changes what was named only", (lambda d: d.get("title") == "新标题" and d.get("body") == body[:-1])(run("report", "show", case, "--json", home=home).json()))
    r = expect("a body that is not UTF-8", 65, *new, "--body-file", "-", home=home, stdin="春耕".encode("gbk"))
    check("... is told to be saved in UTF-8", "UTF-8" in r.err and r.out == "", r)
    expect("a body file that is not there", 66, *new, "--body-file", "/nonexistent", home=home)
    before = len(run("report", "list", "--json", home=home).json().get("reports", []))
    body_file = write("body.txt", body)
    photo = write("photo.bin", os.urandom(200_000))
    expect("an attachment that is not there", 66, *new, "--body-file", body_file, "--attach", photo, "--attach", "/nonexistent", home=home)
    check("... leaves no draft behind", len(run("report", "list", "--json", home=home).json().get("reports", [])) == before)
    r = expect("a report with an attachment", 0, *new, "--body-file", body_file, "--attach", photo, "--json", home=home)
    case = r.json().get("case", "")
    out = os.path.join(work, "photo.out")
    expect("report show --attachment", 0, "report", "show", case, "--attachment", "photo.bin", "--out", out, home=home)
    check("... gives the same bytes", os.path.exists(out) and open(out, "rb").read() == open(photo, "rb").read())
    expect("... and never overwrites", 65, "report", "show", case, "--attachment", "photo.bin", "--out", out, home=home)
    r = expect("sending without a superior", 65, *new, "--body-file", body_file, "--send", home=home)
    check("... keeps the draft and names it", "draft" in r.err and "yizhan report" in r.err, r)


def no_conflict(home):
    r = expect("conflict list without any", 0, "conflict", "list", "--json", home=home)
    check("... is empty", r.json().get("conflicts") == [], r)
    check("... and says so", "没有并存的版本" in run("conflict", "list", home=home, lang="zh").out)
    case = run("report", "list", "--limit", "1", "--json", home=home).json()["reports"][0]["case"]
    r = expect("conflict show of a draft", 66, "conflict", "show", case, "--json", home=home)
    check("... names the code", r.json().get("code") == "case.empty", r)
    expect("conflict show of an unknown case", 66, "conflict", "show", "aaaaaaaaaaaaaaaaaaaaaaaaaa", home=home)
    expect("conflict resolve of an unknown case", 66, "conflict", "resolve", "aaaaaaaaaaaaaaaaaaaaaaaaaa", home=home)
    expect("a field set twice", 65, "conflict", "resolve", case, "--set", "deaths=1", "--take", "deaths=5f02c1aa", home=home)
    expect("a file that is no object", 65, "conflict", "resolve", case, "--from", write("list.json", "[1]"), home=home)
    expect("a file that is not there", 66, "conflict", "resolve", case, "--from", "/nonexistent", home=home)


def conflict_told():
    """Two machines of one office do not exist yet: a node that answers as ours does (tests/node/conflict_test.cc)."""
    a, b, base = "5f02c1aa" + "0" * 56, "00ff00ff" + "1" * 56, "9" * 64
    long = "铁匠沟村北山发生山体滑坡，阻断村道约四十米。" * 6
    version = {"type": "correction", "office": "370783105", "at": "2026-11-22T06:10:00+08:00", "verified": True, "unreadable": False,
               "signatures": [{"officer": "王芳", "role": "signer"}], "same": [], "reason": "核\x1b[31m实"}
    field = {"person_decides": True, "base_known": True}
    shown = {"case": "k3v7qd" + "a" * 20, "number": "柳河镇〔2026〕12号", "title": "滑坡", "kind": "first_report", "lane": "flash", "conflict": True,
             "heads": 2, "disputed": ["deaths"], "may_resolve": True, "base": [base], "base_known": True, "missing": [], "more": 0,
             "versions": [dict(version, record=a), dict(version, record=b)], "others": [{"office": "370784", "office_name": "白石县", "heads": 1, "versions": [dict(version, record=base, title="所见另有不同")]}],
             "fields": [dict(field, field="deaths", label="死亡人数", state="disputed", base=0, values={a: 1, b: 2}, taken=None),
                        dict(field, field="body", label="正文", state="taken", base="短", values={a: long, b: "短"}, taken=a)]}
    asked = []

    class Node(http.server.BaseHTTPRequestHandler):
        def reply(self, status, code, document):
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("X-YZ-Exit", str(code))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.reply(200, 0, {"conflicts": [shown], "next": None} if self.path == "/api/v1/conflicts" else shown)

        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if len(asked) == 1:
                return self.reply(409, 65, {"title": "t", "detail": "not decided yet", "code": "conflict.undecided", "exit": 65, "undecided": ["deaths"]})
            self.reply(200, 0, {"case": shown["case"], "state": "queued", "number": "", "warnings": [], "joined": 2, "more": 3})

        def address_string(self):
            return "socket"

        def log_message(self, *_):
            pass

    home = os.path.join(work, "two")
    os.mkdir(home, 0o700)
    with socketserver.ThreadingUnixStreamServer(os.path.join(home, "sock"), Node) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for lang, words in (("zh", ("并存的版本：2", "由人决定", "死亡人数", "只有一方改过", "白石县", "yizhan conflict resolve k3v7qda")),
                            ("en", ("Versions side by side: 2", "a person decides", "deaths", "changed on one side", "白石县", "--take deaths=VERSION"))):
            r = run("conflict", "show", "k3v7qd", home=home, lang=lang)
            check(f"conflict show for people ({lang})", r.code == 0 and all(w in r.out for w in words) and "5f02c1aa" in r.out and "00ff00ff" in r.out, r)
            check("... shows long texts whole and no escape sequence", "".join(r.out.split()).count("阻断村道约四十米") >= 6 and "\x1b" not in r.out, r)
            r = run("conflict", "list", home=home, lang=lang)
            check(f"conflict list for people ({lang})", r.code == 0 and "滑坡" in r.out and "deaths" in r.out, r)
        check("conflict show --json is the document", run("conflict", "show", "k3v7qd", "--json", home=home).json() == shown)
        r = expect("conflict resolve without a choice", 65, "conflict", "resolve", "k3v7qd", home=home)
        check("... names what is not decided", "deaths" in r.err and r.out == "", r)
        whole = write("whole.json", json.dumps({"title": "滑坡", "body": "正文"}))
        r = expect("conflict resolve", 0, "conflict", "resolve", "k3v7qd", "--take", "deaths=5f02c1aa", "--set", "missing=1", "--field", "injured=", "--from", whole,
                   "--body-file", "-", "--reason", "核实", home=home, stdin="新正文\n".encode())
        check("... says that some are left", "run it again: 3" in r.out, r)
        check("... and sends what was chosen", asked[1:] == [{"reason": "核实", "report": {"title": "滑坡", "body": "正文"}, "take_fields": {"deaths": "5f02c1aa"},
                                                             "set": {"missing": "1", "injured": None, "body": "新正文"}}], asked)
        server.shutdown()


def imports(home):
    good = {"kind": "dynamic", "lane": "routine", "title": "甲村通村水泥路建成通车", "body": "甲村三公里通村水泥路建成通车。"}
    lines = [json.dumps(good, ensure_ascii=False).encode(), b"not json", b"", b'{"kind":"no_such_kind","lane":"routine","title":"x","body":"x"}',
             b"x" * (1024 * 1024 + 1), "春耕".encode("gbk"), b"[" * 100000, json.dumps(good).encode()]
    mixed = write("mixed.jsonl", b"\n".join(lines))  # no line end behind the last
    r = expect("import of mixed lines", 65, "report", "import", mixed, "--json", home=home)
    d = r.json()
    check("... keeps the good ones", d.get("imported") == 2 and len(d.get("cases", [])) == 2, r)
    check("... names the bad ones", [e.get("line") for e in d.get("errors", [])] == [2, 4, 5, 6, 7] and d.get("rejected") == 5, r)
    r = expect("the same for people", 65, "report", "import", mixed, home=home, lang="zh")
    check("... with line numbers on stderr", all(f"第 {n} 行" in r.err for n in (2, 4, 5, 6, 7)) and "导入 2 份" in r.out, r)
    many = b"".join(json.dumps(dict(good, title=f"{good['title']}{i}")).encode() + b"\n" for i in range(700))
    r = expect("import of several batches from standard input", 0, "report", "import", "-", "--json", home=home, stdin=many)
    check("... counts all of them", r.json().get("imported") == 700 and len(set(r.json().get("cases", []))) == 700, r)
    r = expect("import of nothing", 0, "report", "import", "-", "--json", home=home)
    check("... is nothing", r.json().get("imported") == 0, r)
    expect("import of a folder", 66, "report", "import", work, home=home)


def beside_a_node(home):
    e = dict(os.environ, YIZHAN_PASSPHRASE_FILE=os.path.join(work, "passphrase"), YIZHAN_LANG="en")
    with open(os.path.join(work, "serve.err"), "wb") as err:
        p = subprocess.Popen([YIZHAN, "--home", home, "serve", "--web", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=err, env=e)
    try:
        ready = select.select([p.stdout], [], [], 30)[0] and p.stdout.readline().decode()
        check("serve says ready", bool(ready) and ready.startswith("ready web="), ready)
        r = expect("status through the socket", 0, "status", "--json", home=home)
        check("... is the same document", r.json().get("office") == "370783", r)
        expect("a wrong passphrase through the socket", 77, "status", home=home, passphrase_file=os.path.join(work, "wrong"))
        expect("an unknown case through the socket", 66, "report", "show", "aaaaaaaaaaaaaaaaaaaaaaaaaa", home=home)
        expect("verify through the socket, with progress", 0, "verify", "--all", "--json", home=home)
        r = expect("an officer of a Chinese name through the socket", 0, "status", "--as", "李明", "--json", home=home)
        r = expect("import through the socket", 65, "report", "import", os.path.join(work, "mixed.jsonl"), "--json", home=home)
        check("... counts the same", r.json().get("imported") == 2, r)
        r = expect("a second serve", 75, "serve", "--web", "127.0.0.1:0", home=home)
    finally:
        p.terminate()
        try:
            code = p.wait(20)
        except subprocess.TimeoutExpired:
            p.kill()
            code = "no end"
    check("SIGTERM ends it cleanly", code == 0, code)


def people(home):
    second = write("second", "山体-滑坡-预警-巡查\n")
    expect("officer add", 0, "officer", "add", "赵敏", "--role", "drafter,duty", "--passphrase-file-for", second, home=home)
    expect("several officers and none named", 2, "status", home=home)
    expect("--as names one", 0, "status", "--as", "赵敏", home=home, passphrase_file=second)
    expect("... whose passphrase it must be", 77, "status", "--as", "赵敏", home=home)
    third = write("third", "another long passphrase\n")
    expect("passphrase change", 0, "passphrase", "change", "--as", "赵敏", "--new-passphrase-file", third, home=home, passphrase_file=second)
    expect("... the old one is no longer good", 77, "status", "--as", "赵敏", home=home, passphrase_file=second)
    expect("... the new one is", 0, "status", "--as", "赵敏", home=home, passphrase_file=third)


def terminal(home):
    """What is typed as a passphrase never shows on the terminal, and Ctrl-C leaves it as it was."""
    def typed(keys, *words):
        pid, fd = pty.fork()
        if pid == 0:
            e = {k: v for k, v in os.environ.items() if not k.startswith("YIZHAN_")}
            os.execve(YIZHAN, [YIZHAN, "--home", home, "--lang", "en", "--as", "李明", *words], e)
        seen, sent, end = b"", False, time.time() + 60
        while time.time() < end:
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    piece = os.read(fd, 4096)
                except OSError:
                    break
                if not piece:
                    break
                seen += piece
            if not sent and b"Passphrase" in seen:
                os.write(fd, keys)
                sent = True
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status), seen.decode("utf-8", "replace")
    code, seen = typed((PASSPHRASE + "错\x7f\n").encode(), "status")
    check("the passphrase is asked for on the terminal, with a working backspace", code == 0, seen)
    check("... and never shown", "ferry" not in seen and "柳河-" not in seen, seen)
    code, seen = typed(b"abc\x03", "status")
    check("Ctrl-C at the question ends it", code == 77, (code, seen))


work = tempfile.mkdtemp(prefix="yz-cli.")
try:
    if not os.access(YIZHAN, os.X_OK):
        check(f"there is a program {YIZHAN}", False)
    else:
        write("passphrase", PASSPHRASE + "\n")
        help_everywhere()
        usage_errors()
        no_home()
        conflict_told()
        made = office()
        beside_a_node(made)
        people(made)
        terminal(made)
finally:
    shutil.rmtree(work, ignore_errors=True)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
