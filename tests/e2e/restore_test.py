#!/usr/bin/env python3
"""Homes put back from copies, as real processes: a restored county, an old folder, an old database beside a newer log,
a copied machine. Nothing is lost or doubled, and people are told."""
from lib_offices import *


def reports(home, n=1):
    """n reports, each with a title of its own."""
    for _ in range(n):
        code, said = report(home)
        if code != 0:
            check("a report is written", False, said)


def agree(what, county, town):
    here, there = cases(town), cases(county)
    states = {r["state"] for r in here.values()}
    check(f"{what}: both have all", set(here) == set(there) and len(there) == len(run(county, "report", "list", "--limit", "1000")[1]["reports"]), (len(here), len(there)))
    check(f"{what}: all is delivered", states <= {"delivered", "opened", "acknowledged"}, states)
    for home in (county, town):
        check(f"{what}: verify", run(home, "verify", "--all")[1].get("ok") is True, run(home, "verify", "--all"))


def restored_county(county, town, port):
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    reports(town, 4)
    expect("sync", 0, town, "sync")
    expect("the county's backup", 0, county, "backup", path("county.backup"))
    reports(town, 4)
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
    reports(town, 3)
    expect("sync", 0, town, "sync")
    shutil.rmtree(town)
    subprocess.run(["cp", "-a", path("old"), town], check=True)
    check("an old folder shows at its start", "home.copied" in alarms(town), alarms(town))
    said = {a["code"]: a["message"] for a in run(town, "--lang", "zh", "status")[1]["alarms"]}
    check("an alarm is said in Chinese to who reads Chinese", "副本" in said["home.copied"], said)
    reports(town)
    expect("sync of the old folder", 0, town, "sync")
    agree("old folder", county, town)
    check("the county is told", "node.restored" in alarms(county), alarms(county))



def old_database_newer_log(county, town):
    shutil.copyfile(os.path.join(town, "yizhan.db"), path("old.db"))
    run(town, "status")  # a start: the guard and the store have a new token
    p = serve(town)
    reports(town, 3)
    p.kill()
    p.wait()
    children.remove(p)
    log = os.path.join(town, "yizhan.db-wal")
    check("a log was left", os.path.exists(log) and os.path.getsize(log) > 0)
    shutil.copyfile(path("old.db"), os.path.join(town, "yizhan.db"))
    expect("an old database beside a newer log opens", 0, town, "status")
    check("... and the log is set aside", os.path.exists(log + ".aside"))
    reports(town)
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
            reports(home, 2)
            expect("sync of one of two", 0, home, "sync")
    for home in (town, clone, town):
        expect("sync", 0, home, "sync")
    agree("copied machine", county, town)
    agree("its copy", county, clone)


def lost_machine(county, town):
    """Its attachments come back too."""
    expect("the township's backup", 0, town, "backup", path("town.backup"))
    picture, body = os.urandom(300_000), path("body.txt")
    with open(path("现场照片.jpg"), "wb") as f:
        f.write(picture)
    with open(body, "w", encoding="utf-8") as f:
        f.write("11月22日6时10分，铁匠沟村北山发生山体滑坡，阻断村道约40米，无人员伤亡。镇里已派18人到场，其余情况正在核实。")
    case = expect("a report with a picture", 0, town, "report", "new", "--kind", "dynamic", "--lane", "routine", "--title", "铁匠沟村北山发生山体滑坡", "--body-file", body,
                  "--attach", path("现场照片.jpg"), "--send").get("case", "")
    for _ in range(2):
        expect("sync", 0, town, "sync")
    shutil.rmtree(town)
    expect("the township is restored", 0, town, "restore", path("town.backup"))
    for _ in range(3):
        expect("sync", 0, town, "sync")
    agree("lost machine", county, town)
    expect("the picture came back", 0, town, "report", "show", case, "--attachment", "现场照片.jpg", "--out", path("back.jpg"))
    with open(path("back.jpg"), "rb") as f:
        check("... as it was", f.read() == picture, "another picture")


def damaged(home, good):
    """What could not be put back leaves the folder as it was: the good backup goes into it."""
    bad, folder = path("bad.backup"), path("again")
    data = bytearray(open(good, "rb").read())
    data[-100] ^= 1
    open(bad, "wb").write(data)
    expect("a damaged backup is refused", 76, folder, "restore", bad)
    check("... and leaves nothing", not os.path.exists(folder) or not os.listdir(folder), os.path.exists(folder) and os.listdir(folder))
    expect("the good one goes into the same folder", 0, folder, "restore", good)


def main():
    port = free_port()
    county, town = path("county"), path("town")
    expect("init", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    invitation = expect("invite", 0, county, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{port}").get("invitation", "")
    expect("join", 0, town, "join", invitation, "--officer", "王芳", "--phone", "0536-1234567")
    p = restored_county(county, town, port)
    plain_start(town)
    old_folder(county, town)
    old_database_newer_log(county, town)
    copied_machine(county, town)
    lost_machine(county, town)
    damaged(town, path("town.backup"))
    stop(p)


if __name__ == "__main__":
    finish(main)
