#!/usr/bin/env python3
"""Sneakernet, as real processes: a township whose line is down carries its reports to the county on a stick, and the
receipts come home on the stick or by the line. Twice, cut, changed, to the wrong office, and what is no file at all."""
import hashlib
import random

from lib_offices import *

dice = random.Random(7)
BLOCK = 16384
written = 0


def backlog(home, n, lane="routine", noise=0):
    """n reports in one import, each with so many characters that do not compress."""
    global written
    with open(path("backlog.jsonl"), "w") as f:
        for _ in range(n):
            written += 1
            f.write(json.dumps({"kind": "brief", "lane": lane, "title": f"柳河镇第{written}次巡查情况",
                                "body": f"2026年10月，柳河镇甲子沟村完成第{written}次道路巡查，发现坑槽{dice.randrange(90)}处，已全部修补。" * 3
                                + "".join(chr(dice.randrange(0x4e00, 0x9000)) for _ in range(noise))}) + "\n")
    return expect(f"{n} reports are written", 0, home, "report", "import", path("backlog.jsonl"), "--send")


def with_attachments(home, sizes):
    words = []
    for i, size in enumerate(sizes):
        with open(path(f"att-{i}.bin"), "wb") as f:
            f.write(dice.randbytes(size))
        words += ["--attach", path(f"att-{i}.bin")]
    with open(path("body"), "w") as f:
        f.write("2026年10月，柳河镇组织灾情核查，现场图件随文报送，请审阅。")
    return expect("a report with attachments", 0, home, "report", "new", "--kind", "brief", "--lane", "urgent", "--title", "柳河镇灾情图件",
                  "--body-file", path("body"), *words, "--send")["case"]


def states(home):
    return {r["case"]: r["state"] for r in run(home, "report", "list", "--limit", "5000")[1].get("reports", [])}


def waiting(home):
    return sum(lane["waiting"] for lane in run(home, "status")[1]["lanes"].values())


ARRIVED = {"delivered", "opened", "acknowledged"}


HEAD = 360  # with one reader (sync/PROTOCOL.md, the table of bundles)


def month_without_a_line(county, town):
    backlog(town, 200)
    backlog(town, 2, "flash")
    case = with_attachments(town, [3_000_000, 200_000])
    said = expect("export", 0, town, "bundle", "export", "--to", "370783", path("up.yzb"))
    check("the stick has all lanes", said["frames"]["flash"] >= 1 and said["frames"]["urgent"] == 1 and said["frames"]["bulk"] > 90, said)
    check("a bundle is whole blocks", (os.path.getsize(path("up.yzb")) - HEAD) % BLOCK == 0, os.path.getsize(path("up.yzb")))
    check("nothing readable is on the stick", "柳河".encode() not in open(path("up.yzb"), "rb").read())
    check("no half file is left beside it", not os.path.exists(path("up.yzb.part")))
    check("nothing counts as delivered", not ARRIVED & set(states(town).values()), set(states(town).values()))
    before = waiting(town)
    check("all of it still waits", before > 203, before)
    said = expect("import", 0, county, "bundle", "import", path("up.yzb"))
    check("the county took 203 reports in", sum(said["received"][lane] for lane in ("flash", "urgent", "routine")) >= 203 and said["whole"] and said["refused"] == 0, said)
    check("the county shows them", len(states(county)) == 203, len(states(county)))
    said = expect("import again", 0, county, "bundle", "import", path("up.yzb"))
    check("... changes nothing", not any(said["received"].values()) and said["whole"] and len(states(county)) == 203, said)
    for i in range(2):
        expect("an attachment comes out", 0, county, "report", "show", case, "--attachment", f"att-{i}.bin", "--out", path(f"out-{i}.bin"))
        same = [hashlib.sha256(open(path(f"{which}-{i}.bin"), "rb").read()).digest() for which in ("att", "out")]
        check("... as it went in", same[0] == same[1])
    said = expect("the county writes its receipts", 0, county, "bundle", "export", "--to", "370783105", path("down.yzb"))
    check("receipts are control items", said["frames"]["control"] > 0, said)
    said = expect("receipts come home on the stick", 0, town, "bundle", "import", path("down.yzb"))
    check("... for everything", said["acknowledged"] == before, (said, before))
    check("the township shows delivered", set(states(town).values()) <= ARRIVED, set(states(town).values()))
    check("nothing waits any more", waiting(town) == 0, waiting(town))
    said = expect("a second stick", 0, town, "bundle", "export", "--to", "370783", path("next.yzb"))
    check("... holds no mail, and less of what was said", sum(said["frames"].values()) - said["frames"]["control"] == 0, said)
    shutil.copy(path("up.yzb"), path("old.yzb"))


def cut_and_changed(county, town):
    backlog(town, 300, "urgent", 1000)
    expect("export", 0, town, "bundle", "export", "--to", "370783", path("s.yzb"))
    whole = open(path("s.yzb"), "rb").read()
    here = len(states(county))
    for size in (0, 3, 100, HEAD - 1, HEAD, 400, HEAD + BLOCK, len(whole) - BLOCK - 1, len(whole) - 1):
        with open(path("cut.yzb"), "wb") as f:
            f.write(whole[:size])
        said = expect(f"cut at {size}", 65, county, "bundle", "import", path("cut.yzb"))
        check("... with the right name", said.get("code") == ("bundle.form" if size < 4 else "bundle.cut"), said)
    kept = len(states(county)) - here
    check("the good part of the last one is kept", 0 < kept <= 300, kept)
    for at, code in ((350, 76), (len(whole) - 5000, 76), (90, 76), (200, 76), (0, 65)):
        changed = bytearray(whole)
        changed[at] ^= 4
        with open(path("bad.yzb"), "wb") as f:
            f.write(changed)
        expect(f"changed at {at}", code, county, "bundle", "import", path("bad.yzb"))
    with open(path("bad.yzb"), "wb") as f:
        f.write(whole + bytes(BLOCK))
    expect("longer than it was written", 76, county, "bundle", "import", path("bad.yzb"))
    expect("the whole one after all", 0, county, "bundle", "import", path("s.yzb"))
    check("... and all is there once", len(states(county)) == here + 300, (here, len(states(county))))


def not_for_us(county, town, other):
    said = expect("another office's bundle", 65, other, "bundle", "import", path("s.yzb"))
    check("... says so", said.get("code") == "bundle.other-office", said)
    check("... and nothing was taken", not states(other))
    expect("back to its own writer", 65, town, "bundle", "import", path("s.yzb"))
    expect("no neighbour of that code", 66, town, "bundle", "export", "--to", "370783106", path("x.yzb"))
    os.symlink(path("s.yzb"), path("link.yzb"))
    os.mkfifo(path("fifo.yzb"))
    os.mkdir(path("dir.yzb"))
    for name in ("link.yzb", "fifo.yzb", "dir.yzb"):
        said = expect(f"import of {name}", 65, county, "bundle", "import", path(name))
        check("... is refused as no file", said.get("code") == "bundle.file", said)
        expect(f"export over {name}", 65, town, "bundle", "export", "--to", "370783", path(name))
    expect("import of /dev/zero", 65, county, "bundle", "import", "/dev/zero")
    expect("import of nothing", 66, county, "bundle", "import", path("none.yzb"))
    with open(path("letter.txt"), "w") as f:
        f.write("YZ is not a bundle")
    expect("import of a letter", 65, county, "bundle", "import", path("letter.txt"))
    expect("export over a letter", 65, town, "bundle", "export", "--to", "370783", path("letter.txt"))
    check("the letter is untouched", open(path("letter.txt")).read() == "YZ is not a bundle")
    expect("export over an older bundle", 0, town, "bundle", "export", "--to", "370783", path("s.yzb"))
    expect("export into no folder", 66, town, "bundle", "export", "--to", "370783", path("none/s.yzb"))
    if os.path.exists("/dev/full") and os.geteuid() == 0:
        small = path("small")
        os.mkdir(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True).returncode == 0:
            try:
                expect("a stick that is full", 73, town, "bundle", "export", "--to", "370783", os.path.join(small, "s.yzb"))
                check("... and nothing is left on it", os.listdir(small) == [], os.listdir(small))
            finally:
                subprocess.run(["umount", small], check=True)


def flash(home, title):
    with open(path("body"), "w") as f:
        f.write("2026年6月8日8时，柳河镇铁匠沟发生山体滑坡，已造成2人死亡、3人受伤，救援正在进行。")
    return expect("a flash report", 0, home, "report", "new", "--kind", "first_report", "--lane", "flash", "--title", title, "--body-file", path("body"),
                  "--occurred-at", "2026-06-08T08:00:00+08:00", "--set", "incident_type=ND-GEO", "--set", "place=铁匠沟", "--set", "deaths=2", "--set", "injured=3", "--send")["case"]


def pictures(county, town, other):
    case = flash(town, "铁匠沟发生山体滑坡")
    lines = expect("report qr", 0, town, "report", "qr", case)["frames"]
    check("pictures are capitals and digits", len(lines) > 1 and all(l.startswith("YZQ1") and l.isalnum() and l.upper() == l and len(l) <= 667 for l in lines), lines[:1])
    expect("report qr into a folder", 0, town, "report", "qr", case, "--out", path("qr"))
    check("one picture a frame", len(os.listdir(path("qr"))) == len(lines) and b"<svg" in open(os.path.join(path("qr"), sorted(os.listdir(path("qr")))[0]), "rb").read(), os.listdir(path("qr")))
    scanned = path("scanned.txt")

    def scan(which):
        with open(scanned, "w") as f:
            f.write("\r\n".join(which) + "\n")
    scan(lines[:1] + ["https://example.invalid/", "YZQ1AAAA"] + lines[2:])
    said = expect("a picture is missing", 65, county, "bundle", "import", "--qr", scanned)
    check("... and named", [m["missing"] for m in said["missing"]] == [[2]] and said["foreign"] == 2, said)
    scan(list(reversed(lines)) + lines[:2])
    said = expect("all of them, in another order, some twice", 0, county, "bundle", "import", "--qr", scanned)
    check("the report is there", said["received"] == 1 and case in states(county), said)
    said = expect("again", 0, county, "bundle", "import", "--qr", scanned)
    check("... changes nothing", said["received"] == 0, said)
    expect("at another office", 76, other, "bundle", "import", "--qr", scanned)
    scan(["nothing"])
    expect("no picture at all", 65, county, "bundle", "import", "--qr", scanned)


def told_by_code(county, town, other):
    case = flash(town, "铁匠沟又发生山体滑坡，两人失联")
    expect("a code needs a signed report", 66, town, "report", "code", "aaaaaaaa")
    code = expect("report code", 0, town, "report", "code", case)["code"]
    check("it is about 200 characters", 150 < len(code.replace(" ", "").replace("\n", "")) <= 200, code)
    with open(path("code.txt"), "w") as f:
        f.write(code.lower().replace(" ", "-"))
    said = expect("code-in", 0, county, "report", "code-in", path("code.txt"))
    check("it says what matters", (said["office"], said["lane"], said["kind"], said["incident_type"], said["deaths"], said["injured"], said["missing"]) ==
          ("370783105", "flash", "first_report", "ND-GEO", 2, 3, None) and said["title"].startswith("铁匠沟又发生") and said["occurred_at"].startswith("2026-06-08T08:00"), said)
    check("... and that the full report is to come", said["case"] is None, said)
    codes = {a["code"] for a in run(county, "status")[1]["alarms"]}
    check("the status page says so too", "notice.unmatched" in codes, codes)
    lines = code.splitlines()
    lines[2] = ("B" if lines[2][0] != "B" else "C") + lines[2][1:]
    with open(path("typo.txt"), "w") as f:
        f.write("\n".join(lines))
    said = expect("a typing error", 65, county, "report", "code-in", path("typo.txt"))
    check("... is found in its line", said.get("code") == "typed.line" and "line 3" in said.get("detail", ""), said)
    expect("told to the wrong office", 65, other, "report", "code-in", path("code.txt"))
    expect("typed twice", 0, county, "report", "code-in", path("code.txt"))
    check("... is one notice", len(run(county, "report", "code-list")[1]["notices"]) == 1)
    expect("the full report follows on a stick", 0, town, "bundle", "export", "--to", "370783", path("f.yzb"))
    expect("... and arrives", 0, county, "bundle", "import", path("f.yzb"))
    check("the notice is matched", run(county, "report", "code-list")[1]["notices"][0]["case"] == case, run(county, "report", "code-list"))
    codes = {a["code"] for a in run(county, "status")[1]["alarms"]}
    check("the status page is quiet again", "notice.unmatched" not in codes, codes)


def restored_county(county, town):
    """The county is put back from a copy while there is no line: the next sticks mend it."""
    expect("backup", 0, county, "backup", path("county.backup"))
    backlog(town, 7)
    for at, which in ((county, "u1"), (town, "d1")):
        writer, code = (town, "370783") if at == county else (county, "370783105")
        expect("export", 0, writer, "bundle", "export", "--to", code, path(which))
        expect("import", 0, at, "bundle", "import", path(which))
    check("delivered before the loss", waiting(town) == 0, waiting(town))
    shutil.move(county, path("lost"))
    expect("restore", 0, county, "restore", path("county.backup"))
    check("seven are lost", len(states(town)) - len(states(county)) == 7)
    def carry(to, what):
        writer, code = (town, "370783") if to == county else (county, "370783105")
        expect(f"{what}: export", 0, writer, "bundle", "export", "--to", code, path("r.stick"))
        return expect(f"{what}: import", 0, to, "bundle", "import", path("r.stick"))
    carry(town, "the restored county shows its new epoch")
    carry(county, "the township says what it holds")
    carry(town, "the county answers what is left")
    check("the township learns what was lost", waiting(town) == 7, waiting(town))
    expect("a stick from before the loss", 0, town, "bundle", "import", path("d1"))
    check("... says nothing any more", waiting(town) == 7, waiting(town))
    carry(county, "what was lost goes again")
    check("all is back", set(states(town)) == set(states(county)), (len(states(town)), len(states(county))))
    carry(town, "its receipts")
    check("... and receipted anew", waiting(town) == 0, waiting(town))


def beside_a_line(county, town, port):
    """Running nodes: the stick goes through the socket, and the line takes over."""
    p = serve(county, "--sync", f"127.0.0.1:{port}")
    backlog(town, 20)
    expect("export while nothing listens to it", 0, town, "bundle", "export", "--to", "370783", path("r.yzb"))
    expect("import in a running node", 0, county, "bundle", "import", path("r.yzb"))
    check("receipts go home by the line", run(town, "sync")[1].get("in_sync") is True, run(town, "sync"))
    check("all is delivered", set(states(town).values()) <= ARRIVED, set(states(town).values()))
    q = serve(town)
    backlog(town, 5)
    expect("export from a running node", 0, town, "bundle", "export", "--to", "370783", path("r2.yzb"))
    expect("the line, the same day", 0, town, "sync")
    expect("the older stick after the newer line", 0, county, "bundle", "import", path("old.yzb"))
    expect("and the other stick", 0, county, "bundle", "import", path("r2.yzb"))
    expect("the county's old receipts after the newer ones", 0, town, "bundle", "import", path("down.yzb"))
    expect("sync afterwards", 0, town, "sync")
    check("still all is delivered", set(states(town).values()) <= ARRIVED and waiting(town) == 0, set(states(town).values()))
    here, there = states(town), states(county)
    check("both have the same cases", set(here) == set(there), (len(here), len(there)))
    stop(q)
    stop(p)
    for home in (county, town):
        check("verify", run(home, "verify", "--all")[1].get("ok") is True, run(home, "verify", "--all"))


def main():
    port = free_port()
    county, town, other = path("county"), path("town"), path("other")
    expect("init", 0, county, "init", "--code", "370783", "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    for home, code, name in ((town, "370783105", "柳河镇"), (other, "370783107", "石桥镇")):
        invitation = expect("invite", 0, county, "invite", "--code", code, "--name", name, "--level", "township", "--url", f"http://127.0.0.1:{port}").get("invitation", "")
        expect("join by file", 0, home, "join", invitation, "--officer", "王芳", "--phone", "0536-1234567", "--request", home + ".request")
        if home == town:
            expect("nothing is written before admission", 66, home, "bundle", "export", "--to", "370783", path("early.yzb"))
        expect("admit", 0, county, "admit", home + ".request", "--answer", home + ".answer")
        expect("the answer", 0, home, "join", "--answer", home + ".answer")
    month_without_a_line(county, town)
    cut_and_changed(county, town)
    not_for_us(county, town, other)
    pictures(county, town, other)
    told_by_code(county, town, other)
    beside_a_line(county, town, port)
    restored_county(county, town)


if __name__ == "__main__":
    finish(main)
