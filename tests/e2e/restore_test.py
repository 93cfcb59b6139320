#!/usr/bin/env python3
"""Homes put back from copies, as real processes: a restored county, an old folder, an old database beside a newer log,
a copied machine. Nothing is lost or doubled, and people are told.

Runs $YIZHAN (default build/yizhan) under /tmp. Prints ok/FAILED lines and `N passed, N failed`."""
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile

YIZHAN = os.path.abspath(os.environ.get("YIZHAN", "build/yizhan"))
work = tempfile.mkdtemp(prefix="yz-restore.")
passed = failed = written = 0
children = []


def path(name):
    return os.path.join(work, name)


def check(what, good, got=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(f"ok: {what}" if good else f"FAILED: {what}: {str(got)[-600:]!r}", flush=True)


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


def report(home, n=1):
    """n reports, each with a title of its own."""
    global written
    for _ in range(n):
        written += 1
        with open(path("body"), "w") as f:
            f.write(f"2025年10月，柳河镇甲子沟村完成第{written}次道路巡查，里程{written}公里，发现坑槽{written}处，已全部修补。")
        code, said = run(home, "report", "new", "--kind", "brief", "--lane", "routine", "--title", f"柳河镇甲子沟村第{written}次巡查", "--body-file", path("body"), "--send")
        if code != 0:
            check("a report is written", False, said)


def cases(home):
    return {r["case"]: r["state"] for r in run(home, "report", "list", "--limit", "1000")[1].get("reports", [])}


def alarms(home):
    return {a["code"] for a in run(home, "status")[1].get("alarms", [])}


def agree(what, county, town):
    here, there = cases(town), cases(county)
    check(f"{what}: both have all", set(here) == set(there) and len(there) == len(run(county, "report", "list", "--limit", "1000")[1]["reports"]), (len(here), len(there)))
    check(f"{what}: all is delivered", set(here.values()) <= {"delivered", "opened", "acknowledged"}, set(here.values()))
    for home in (county, town):
        check(f"{what}: verify", run(home, "verify", "--all")[1].get("ok") is True, run(home, "verify", "--all"))


def restored_county(county, town, port):
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    report(town, 4)
    expect("sync", 0, town, "sync")
    expect("the county's backup", 0, county, "backup", path("county.backup"))
    report(town, 4)
    expect("sync after the backup", 0, town, "sync")
    stop(p)
    shutil.move(county, path("county.lost"))
    expect("the county is restored", 0, county, "restore", path("county.backup"))
    check("... and has the first four", len(cases(county)) == 4, len(cases(county)))
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    expect("the township's next sync", 0, town, "sync")
    expect("... and one more", 0, town, "sync")
    agree("restored county", county, town)
    check("the township is told of it", "node.restored" in alarms(town), alarms(town))
    return p


def old_folder(county, town):
    subprocess.run(["cp", "-a", town, path("old")], check=True)
    report(town, 3)
    expect("sync", 0, town, "sync")
    shutil.rmtree(town)
    subprocess.run(["cp", "-a", path("old"), town], check=True)
    check("an old folder shows at its start", "home.copied" in alarms(town), alarms(town))
    said = {a["code"]: a["message"] for a in run(town, "--lang", "zh", "status")[1]["alarms"]}
    check("an alarm is said in Chinese to who reads Chinese", "副本" in said["home.copied"], said)
    report(town)
    expect("sync of the old folder", 0, town, "sync")
    agree("old folder", county, town)
    check("the county is told", "node.restored" in alarms(county), alarms(county))



def old_database_newer_log(county, town):
    shutil.copyfile(os.path.join(town, "yizhan.db"), path("old.db"))
    run(town, "status")  # a start: the guard and the store have a new token
    p = serve(town)
    report(town, 3)
    p.kill()
    p.wait()
    children.remove(p)
    log = os.path.join(town, "yizhan.db-wal")
    check("a log was left", os.path.exists(log) and os.path.getsize(log) > 0)
    shutil.copyfile(path("old.db"), os.path.join(town, "yizhan.db"))
    expect("an old database beside a newer log opens", 0, town, "status")
    check("... and the log is set aside", os.path.exists(log + ".aside"))
    report(town)
    expect("sync", 0, town, "sync")
    agree("old database", county, town)


def plain_start(town):
    guard = open(os.path.join(town, "guard"), "rb").read()
    run(town, "status")
    again = open(os.path.join(town, "guard"), "rb").read()
    check("an ordinary start keeps the incarnation", guard[4:12] == again[4:12] and guard != again, (guard, again))


def copied_machine(county, town):
    clone = path("clone")
    subprocess.run(["cp", "-a", town, clone], check=True)
    for _ in range(2):
        for home in (town, clone):
            report(home, 2)
            expect("sync of one of two", 0, home, "sync")
    for home in (town, clone, town):
        expect("sync", 0, home, "sync")
    agree("copied machine", county, town)
    agree("its copy", county, clone)


with open(path("passphrase"), "w") as f:
    f.write("柳河-夜雨-渡口-四十七 ferry\n")
os.chmod(path("passphrase"), 0o600)
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
try:
    county, town = path("county"), path("town")
    expect("init", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    invitation = expect("invite", 0, county, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{port}").get("invitation", "")
    expect("join", 0, town, "join", invitation, "--officer", "王芳", "--phone", "0536-1234567")
    p = restored_county(county, town, port)
    plain_start(town)
    old_folder(county, town)
    old_database_newer_log(county, town)
    copied_machine(county, town)
    stop(p)
except (OSError, subprocess.SubprocessError, KeyError, TypeError) as e:
    check("the test runs to its end", False, e)
finally:
    for p in children:
        p.kill()
    shutil.rmtree(work, ignore_errors=True)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
