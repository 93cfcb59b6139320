"""What the tests with several offices share: homes, nodes, reports, checks. Runs $YIZHAN (default build/yizhan) under
/tmp. Prints ok/FAILED lines; finish() prints `N passed, N failed`."""
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

YIZHAN = os.path.abspath(os.environ.get("YIZHAN", "build/yizhan"))
work = tempfile.mkdtemp(prefix="yz-e2e.")
passed = failed = written = 0
children = []


def path(name):
    return os.path.join(work, name)


def check(what, good, got=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"ok: {what}" if good else f"FAILED: {what}: {str(got)[-900:]!r}", flush=True)


def write(name, content):
    with open(path(name), "w") as f:
        f.write(content)
    return path(name)


def environment():
    e = {k: v for k, v in os.environ.items() if not k.startswith(("YIZHAN", "LC_", "LANG"))}
    return dict(e, YIZHAN_LANG="en", YIZHAN_PASSPHRASE_FILE=path("passphrase"))


def called(home, *words):
    return subprocess.run([YIZHAN, "--home", home, *words], capture_output=True, env=environment(), timeout=300, stdin=subprocess.DEVNULL)


def page(home, *words):
    """What a person reads."""
    p = called(home, *words)
    return p.returncode, p.stdout.decode()


def run(home, *words):
    p = called(home, *words, "--json")
    try:
        return p.returncode, json.loads(p.stdout)
    except ValueError:
        return p.returncode, {"stdout": p.stdout.decode(), "stderr": p.stderr.decode()}


def expect(what, code, home, *words):
    got, said = run(home, *words)
    check(f"{what}: exit {code}", got == code, (got, said))
    return said


def serve(home, *words):
    p = subprocess.Popen([YIZHAN, "--home", home, "serve", "--web", "127.0.0.1:0", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment())
    children.append(p)
    line = select.select([p.stdout], [], [], 30)[0] and p.stdout.readline().decode()
    if not line or not line.startswith("ready"):
        raise OSError(f"{home} does not serve: {line}")
    return p


def stop(p):
    p.terminate()
    p.wait(20)
    children.remove(p)


def until(what, true, seconds=30):
    """Waits for a fact; how long it takes is not what is tested."""
    end = time.time() + seconds
    got = true()
    while not got and time.time() < end:
        time.sleep(0.2)
        got = true()
    check(what, got, got)


def text():
    global written
    written += 1
    return write("body", f"2025年10月，柳河镇甲子沟村完成第{written}次道路巡查，里程{written}公里，发现坑槽{written}处，已全部修补。")


def report(home, *words, lane="routine", kind="brief"):
    body = text()
    return run(home, "report", "new", "--kind", kind, "--lane", lane, "--title", f"柳河镇甲子沟村第{written}次巡查", "--body-file", body, "--send", *words)


def cases(home):
    return {r["case"]: r for r in run(home, "report", "list", "--limit", "1000")[1].get("reports", [])}


def alarms(home):
    return {a["code"] for a in run(home, "status")[1].get("alarms", [])}


def deliveries(home, case):
    return {d["office"]: d["state"] for d in run(home, "report", "show", case)[1].get("deliveries", [])}


def show(home, case):
    return run(home, "report", "show", case)[1]


def superiors(answer):
    return {s["office"]: (s["reached"], s["in_sync"]) for s in answer.get("superiors", [])}


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def free_port():
    return free_ports(1)[0]


def invite(home, code, name, level, port, *words):
    return expect(f"{name} is invited", 0, home, "invite", "--code", code, "--name", name, "--level", level, "--url", f"http://127.0.0.1:{port}", *words)["invitation"]


def finish(main):
    """Runs main, ends every node, says how it went. The homes stay when something failed."""
    try:
        os.chmod(write("passphrase", "柳河-夜雨-渡口-四十七 ferry\n"), 0o600)
        main()
    except (OSError, subprocess.SubprocessError, KeyError, TypeError) as e:
        check("the test runs to its end", False, repr(e))
    finally:
        for p in children:
            p.kill()
            p.wait()
        if failed:
            print("kept:", work)
        else:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
