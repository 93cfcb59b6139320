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


def environment():
    e = {k: v for k, v in os.environ.items() if not k.startswith(("YIZHAN", "LC_", "LANG"))}
    return dict(e, YIZHAN_LANG="en", YIZHAN_PASSPHRASE_FILE=path("passphrase"))


def run(home, *words):
    p = subprocess.run([YIZHAN, "--home", home, *words, "--json"], capture_output=True, env=environment(), timeout=120, stdin=subprocess.DEVNULL)
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
    with open(path("body"), "w") as f:
        f.write(f"2025年10月，柳河镇甲子沟村完成第{written}次道路巡查，里程{written}公里，发现坑槽{written}处，已全部修补。")
    return path("body")


def report(home, *words, lane="routine", kind="brief"):
    body = text()
    return run(home, "report", "new", "--kind", kind, "--lane", lane, "--title", f"柳河镇甲子沟村第{written}次巡查", "--body-file", body, "--send", *words)


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


def invite(home, code, name, level, port, *words):
    return expect(f"{name} is invited", 0, home, "invite", "--code", code, "--name", name, "--level", level, "--url", f"http://127.0.0.1:{port}", *words)["invitation"]


def finish(main):
    """Runs main, ends every node, says how it went."""
    try:
        with open(path("passphrase"), "w") as f:
            f.write("柳河-夜雨-渡口-四十七 ferry\n")
        main()
    finally:
        for p in children:
            p.kill()
            p.wait()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
