#!/usr/bin/env python3
"""Clues, exercises, nil reports, what looks alike and the figures, as real processes: a county over two townships. A clue
stays in its office until it is put into a report; an exercise is one at both ends and in no figure; who owes a nil
report is seen above; one event told by two townships is hinted; each figure opens the list it was counted from."""
from lib_offices import *

COUNTY, TOWN, OTHER = "370783", "370783105", "370783106"
SLIDE = "六月八日下午三时许，柳河镇铁匠沟村北坡发生山体滑坡，约两千方土石下泄，掩埋民房三间，两人受伤已送县医院，镇村干部转移群众四十一人，县道中断，抢险队伍正在清理。"


def offices():
    county, town, other = (path(n) for n in ("county", "town", "other"))
    port = free_port()
    expect("the county", 0, county, "init", "--code", COUNTY, "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
    lines = [invite(county, code, name, "township", port) for code, name in ((TOWN, "柳河镇"), (OTHER, "石桥乡"))]
    serve(county, "--sync", f"127.0.0.1:{port}")
    expect("a township joins", 0, town, "join", lines[0], "--officer", "王芳")
    expect("another joins", 0, other, "join", lines[1], "--officer", "孙兰")
    sync(town, other)
    return county, town, other


def sync(*homes):
    for _ in range(2):
        for home in homes:
            run(home, "sync")


def flags(home, case):
    return show(home, case).get("flags", [])


def clues(county, town):
    photo = write("photo.jpg", "the octets of a photo")
    first = expect("a clue is noted", 0, town, "clue", "add", "东村水库坝脚渗水", "--told-by", "村支书老赵", "--place", "东村水库", "--photo", photo)["case"]
    second = expect("another one", 0, town, "clue", "add", "西村桥面塌陷")["case"]
    third = expect("and a rumour", 0, town, "clue", "add", "有人说要办庙会")["case"]
    check("an empty one is refused", run(town, "clue", "add", "  ")[0] == 65)
    found = run(town, "clue", "list", "--search", "老赵")[1]["clues"]
    check("it is found by who told it", [c["case"] for c in found] == [first] and found[0]["photos"][0]["name"] == "photo.jpg", found)
    check("no list of reports has it", not cases(town))
    check("it is not sent as it is", run(town, "report", "send", first)[0] == 65)
    check("nothing is put aside without a reason", run(town, "clue", "discard", third)[0] == 2)
    expect("the rumour is put aside", 0, town, "clue", "discard", third, "--reason", "已核实，无此事")
    report = expect("two make one report", 0, town, "clue", "promote", first, second, "--kind", "brief", "--title", "两处险情", "--photos")["case"]
    shown = show(town, report)
    check("... with their words and the photo", shown["body"] == "东村水库坝脚渗水\n西村桥面塌陷" and [a["name"] for a in shown["attachments"]] == ["photo.jpg"], shown)
    check("... and they are kept with it", [c["told_by"] for c in shown["clues"]] == ["村支书老赵", ""], shown["clues"])
    check("none is open", run(town, "clue", "list")[1]["counts"] == {"open": 0, "promoted": 2, "discarded": 1})
    expect("its text is written", 0, town, "report", "edit", report, "--body-file", text())
    expect("... and sent", 0, town, "report", "send", report)
    sync(town)
    until("the county has the report", lambda: report in cases(county))
    there = json.dumps(show(county, report), ensure_ascii=False)
    check("... and nothing of the clues", "老赵" not in there and "渗水" not in there and not show(county, report)["clues"], there)
    check("the county has no clue of the township's", not run(county, "clue", "list", "--state", "all")[1]["clues"])
    return report


def exercises(county, town):
    expect("an exercise begins", 0, town, "exercise", "on", "--name", "秋季防汛演练")
    check("it says so", run(town, "status")[1]["exercise"]["name"] == "秋季防汛演练")
    drill = report(town)[1]["case"]
    check("what is written is one", "exercise" in flags(town, drill), flags(town, drill))
    real = report(town, "--real")[1]["case"]
    check("what really happens is not", "exercise" not in flags(town, real))
    expect("it ends", 0, town, "exercise", "off")
    expect("a correction", 0, town, "report", "correct", drill, "--reason", "补充", "--body-file", text(), "--send")
    sync(town)
    until("the county has both", lambda: {drill, real} <= set(cases(county)))
    until("... and the correction", lambda: len([r for r in show(county, drill)["records"] if r["type"] == "correction"]) == 1)
    check("it is an exercise there too", "exercise" in flags(county, drill) and "exercise" not in flags(county, real))
    check("the list says it to people", "EXERCISE" in page(county, "report", "list")[1])
    return drill, real


def nil(county, town):
    owed = lambda: run(town, "zero", "list")[1]["own"]
    check("nobody owes a nil report that no policy asks for", owed() == [], owed())
    rule = write("rule", json.dumps({"v": 1, "zero_report": [{"name": "汛期", "levels": ["township"], "at": [f"{h:02}:00" for h in range(24)]}]}))
    expect("the county asks for one every hour", 0, county, "policy", "publish", rule)
    sync(town)
    until("the township owes them", lambda: len(owed()) > 20)
    said = expect("the nil report goes out by one command", 0, town, "zero", "send")
    check("... once", run(town, "zero", "send")[0] == 65)
    check("... as a nil report", show(town, said["case"])["kind"] == "zero_report")
    sync(town)
    until("the county has it", lambda: said["case"] in cases(county))
    rows = {o["office"]: o["slots"] for o in run(county, "zero", "list", "--days", "1")[1]["below"]}
    check("... and knows who has sent and who has not", sorted(rows) == sorted([TOWN, OTHER]), rows)
    sent = {office: [s["report"]["case"] for s in slots if s["report"]] for office, slots in rows.items()}
    check("... by the report itself", sent[OTHER] == [] and sent[TOWN] == [said["case"]], sent)
    return said["case"]


def alike(county, town, other):
    body, again = write("slide", SLIDE), write("slide2", SLIDE + "另据乡里消息，道路已抢通一半。")
    a = expect("a township tells of a landslide", 0, town, "report", "new", "--kind", "first_report", "--lane", "urgent", "--title", "铁匠沟山体滑坡", "--body-file", body, "--set", "incident_type=ND-GEO", "--set", "place=柳河镇铁匠沟", "--occurred-at", "2026-06-08T15:00:00+08:00", "--send")["case"]
    b = expect("its neighbour too", 0, other, "report", "new", "--kind", "first_report", "--lane", "urgent", "--title", "邻乡滑坡情况", "--body-file", again, "--set", "incident_type=ND-GEO", "--set", "place=铁匠沟村", "--occurred-at", "2026-06-08T15:40:00+08:00", "--send")["case"]
    sync(town, other)
    until("the county has both", lambda: {a, b} <= set(cases(county)))
    near = run(county, "report", "similar", a)[1]["similar"]
    check("they are hinted to be one event", [s["case"] for s in near] == [b], near)
    check("... with the reasons", {r["why"] for r in near[0]["reasons"]} == {"text", "type", "place", "time"}, near)
    check("people read why", "40 min" in page(county, "report", "similar", a)[1], page(county, "report", "similar", a))
    return a, b


def figures(county, town, drill, report, zero):
    expect("a report is acknowledged", 0, county, "report", "acknowledge", report)
    expect("... and adopted", 0, county, "decide", report, "--outcome", "adopted", "--publication", "每日要情", "--issue", "31")
    said = expect("the figures", 0, county, "stats")
    offices = {o["office"]: o for o in said["offices"]}
    mine = offices[TOWN]["figures"]
    listed = {f: [i["case"] for i in run(county, "stats", "--office", TOWN, "--figure", f)[1]["items"]] for f in said["figures"]}
    check("each figure opens its list", all(len(listed[f]) == mine[f] for f in said["figures"]), (mine, listed))
    check("the exercise is in none, nil reports are counted apart", drill not in listed["received"] and zero not in listed["received"] and report in listed["received"], listed)
    points = {p["on"]: p["points"] for p in offices[TOWN]["points"]}
    check("adopted in the daily five points, a photo one, a first report long after the event minus five", points == {"adoption": 5, "media": 1, "violation": -5} and offices[TOWN]["score"] == 1, offices[TOWN])
    out = path("figures.csv")
    expect("the table is written", 0, county, "stats", "--csv", out)
    octets = open(out, "rb").read()
    check("... for a spreadsheet", octets.startswith(b"\xef\xbb\xbf") and "柳河镇".encode() in octets and octets.count(b"\r\n") == 3, octets)
    check("... and not over a file that is there", run(county, "stats", "--csv", out)[0] == 65)
    sync(town)
    until("the township sees itself as the county does", lambda: run(town, "stats", "--own")[1]["offices"][0]["figures"]["adopted"] == 1)
    check("a wrong month is refused", run(county, "stats", "--month", "2026-13")[0] == 65)


def main():
    county, town, other = offices()
    report_case = clues(county, town)
    drill, _ = exercises(county, town)
    zero = nil(county, town)
    alike(county, town, other)
    figures(county, town, drill, report_case, zero)
    for home in (county, town, other):
        expect("all signatures hold", 0, home, "verify", "--all")


finish(main)
