#!/usr/bin/env python3
"""Work that is asked for from above, and rules that travel down, as real processes over three levels: a city asks its
county, the county asks two townships; one accepts and answers, one asks for more time; the city sees who holds it up.
A policy that the city publishes is in force in the township from its date on."""
from datetime import datetime, timedelta, timezone

from lib_offices import *

CITY, COUNTY, TOWN, OTHER = "3707", "370783", "370783105", "370783106"


def at(**ahead):
    return (datetime.now(timezone(timedelta(hours=8))) + timedelta(**ahead)).isoformat(timespec="seconds")


def offices():
    city, county, town, other = (path(n) for n in ("city", "county", "town", "other"))
    above, below = free_ports(2)
    expect("the city", 0, city, "init", "--code", CITY, "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    line = invite(city, COUNTY, "青山县", "county", above)
    serve(city, "--sync", f"127.0.0.1:{above}")
    expect("the county joins", 0, county, "join", line, "--officer", "李明")
    lines = [invite(county, code, name, "township", below) for code, name in ((TOWN, "柳河镇"), (OTHER, "石桥乡"))]
    serve(county, "--sync", f"127.0.0.1:{below}")
    expect("the township joins", 0, town, "join", lines[0], "--officer", "王芳")
    expect("the other joins", 0, other, "join", lines[1], "--officer", "孙兰")
    sync(county, town, other)
    return city, county, town, other


def sync(*homes):
    """Word goes up and down; a middle office serves, so its own line upward runs by itself too."""
    for _ in range(2):
        for home in homes:
            run(home, "sync")


def commission(home, case):
    return run(home, "commission", "show", case)[1]


def asked(home, case, office):
    return {a["office"]: a for a in commission(home, case).get("addressees", [])}.get(office, {})


def state(home, case, office):
    return asked(home, case, office).get("state")


def refused_words(city, county, town):
    due = at(days=3)
    body = write("ask", "请报送秋冬防火情况，五百字以内。")
    check("nobody asks an office that is not below", run(county, "commission", "new", "--title", "防火", "--due", due, "--to", CITY)[0] == 66)
    check("nobody asks for yesterday", run(city, "commission", "new", "--title", "防火", "--due", at(days=-1), "--to", COUNTY)[0] == 65)
    check("a report is no commission", run(town, "commission", "show", report(town)[1]["case"])[0] == 66)
    return due, body


def asks(city, county, town, other):
    due, body = refused_words(city, county, town)
    said = expect("the city asks the county", 0, city, "commission", "new", "--title", "秋冬防火情况", "--body-file", body, "--due", due, "--to", COUNTY, "--kind", "research")
    case = said["case"]
    check("... it is queued", said["state"] == "queued" and [a["office"] for a in said["addressees"]] == [COUNTY], said)
    sync(county)
    there = commission(county, case)
    check("the county has it", there.get("side") == "asked" and there.get("mine", {}).get("state") == "opened" and there["body"].startswith("请报送"), there)
    check("... as no report", case not in cases(county) and case not in cases(city))
    until("the city knows that it was opened", lambda: state(city, case, COUNTY) == "opened")
    listed = run(county, "commission", "list", "--open", "--side", "asked")[1]["commissions"]
    check("it is among what the county owes", [c["case"] for c in listed] == [case], listed)

    check("the county may not answer later than the city wants", run(county, "commission", "pass", case, "--to", TOWN, "--due", at(days=4))[0] == 65)
    passed = expect("the county passes it on to two townships", 0, county, "commission", "pass", case, "--to", f"{TOWN},{OTHER}")
    child = passed["case"]
    check("... earlier than it is due itself", commission(county, child)["due_at"] < due, commission(county, child))
    check("... naming the city's", commission(county, child)["parent"]["case"] == case, commission(county, child)["parent"])
    sync(county, town, other)
    there = commission(town, child)
    check("the township is asked by the county", there.get("office") == COUNTY and there.get("title") == "秋冬防火情况" and there["parent"]["case"] == case, there)
    until("the city sees whom it waits for", lambda: sorted(asked(city, case, COUNTY).get("holds_up", [])) == [TOWN, OTHER])
    return case, child


def replies(city, county, town, other, case, child):
    expect("one township accepts", 0, town, "commission", "accept", child, "--note", "照办")
    expect("the other asks for more time", 0, other, "commission", "extend", child, "--until", at(days=6), "--reason", "在山上")
    check("who asks for less is told so", run(town, "commission", "extend", child, "--until", at(hours=1), "--reason", "x")[0] == 65)
    sync(town, other, county)
    until("the county hears both", lambda: (state(county, child, TOWN), state(county, child, OTHER)) == ("accepted", "extension_asked"))
    until("the city too, from the townships themselves", lambda: {b["office"]: b["state"] for b in asked(city, case, COUNTY).get("below", [])} == {TOWN: "accepted", OTHER: "extension_asked"})

    body = write("answer", "柳河镇十一月二十日前完成防火巡查四十六次，清理林缘杂草十二公里，登记进山人员三百一十人次，未发生火情。" * 8)
    draft = expect("the township writes", 0, town, "report", "new", "--kind", "dynamic", "--lane", "routine", "--title", "柳河镇秋冬防火巡查情况", "--body-file", body)["case"]
    said = expect("... and answers with it", 0, town, "commission", "answer", child, "--report", draft)
    check("... it is sent", said.get("state") == "queued", said)
    mine = show(town, draft)
    check("the report names the commission", mine["kind"] == "commissioned" and mine["answers"]["case"] == child, mine.get("answers"))
    sync(town, county)
    until("the county counts it", lambda: state(county, child, TOWN) == "answered")
    given = asked(county, child, TOWN)["answers"]
    check("... once, with the report", [(g["case"], g["title"]) for g in given] == [(draft, "柳河镇秋冬防火巡查情况")], given)
    check("the township counts the same", commission(town, child)["mine"]["state"] == "answered", commission(town, child)["mine"])
    until("the city waits for the other alone", lambda: asked(city, case, COUNTY).get("holds_up") == [OTHER])

    check("nobody grants what nobody asked", run(county, "commission", "grant", child, "--office", TOWN)[0] == 65)
    expect("the county grants the time", 0, county, "commission", "grant", child, "--office", OTHER)
    sync(other, county)
    mine = commission(other, child)["mine"]
    check("the other has it", mine["state"] == "accepted" and mine["due_at"] > at(days=5), mine)
    expect("the county reminds it", 0, county, "commission", "chase", child, "--note", "请抓紧")
    sync(other)
    check("... and it shows there", commission(other, child)["mine"]["chased"] == 1, commission(other, child)["mine"])
    expect("it cannot do it", 0, other, "commission", "decline", child, "--reason", "无林地")
    sync(other, county)
    until("the county hears it", lambda: state(county, child, OTHER) == "declined")
    expect("... and excuses it", 0, county, "commission", "grant", child, "--office", OTHER)
    sync(other, county)
    check("it is excused", commission(other, child)["mine"]["state"] == "excused", commission(other, child)["mine"])
    return draft


def rolled_up(city, county, case, child):
    until("nobody below holds it up any more", lambda: asked(county, child, TOWN).get("holds_up") == [] == asked(county, child, OTHER).get("holds_up"))
    body = write("sum", "青山县十一月完成防火巡查九十二次，两个乡镇登记进山人员六百余人次，全县未发生森林火情，情况平稳。")
    whole = expect("the county puts them together", 0, county, "report", "new", "--kind", "research", "--lane", "routine", "--title", "青山县秋冬防火情况", "--body-file", body, "--send")
    expect("... a report that left already answers too", 0, county, "commission", "answer", case, "--report", whole["case"])
    sync(county)
    until("the city has its answer", lambda: state(city, case, COUNTY) == "answered")
    check("nothing holds it up", asked(city, case, COUNTY)["holds_up"] == [], asked(city, case, COUNTY))
    expect("the city closes it", 0, city, "commission", "close", case)
    sync(county)
    check("the county sees it closed", commission(county, case)["state"] == "closed")
    check("who asks after that is told so", run(county, "commission", "extend", case, "--until", at(days=9), "--reason", "x")[0] == 65)
    code, read = page(city, "commission", "show", case)
    check("a person can read it", code == 0 and "青山县" in read and "answered" in read, read)
    code, read = page(city, "commission", "list")
    check("... and the list", code == 0 and "秋冬防火情况" in read, read)


def ruled(city, county, town):
    """The city's rules in the township, from their date on; nobody below rules more laxly, nobody against the law."""
    file = path("rules.json")
    expect("what is in force is written out", 0, city, "policy", "export", file)
    rules = json.load(open(file))
    check("... and may be published as it is", run(city, "policy", "check", file) == (0, {"ok": True, "problems": []}), run(city, "policy", "check", file))
    for d in rules["deadlines"]:
        if d["hop"] == "township>county" and d["level"] == "IV":
            d["written_min"], d["phone_min"] = 45, 20
    write("rules.json", json.dumps(rules))
    changes = expect("what differs", 0, city, "policy", "diff", file).get("changes")
    check("... is named", sorted((c["before"], c["after"]) for c in changes) == [("30", "20"), ("60", "45")], changes)
    soon = at(seconds=45)
    said = expect("the city publishes it for soon", 0, city, "policy", "publish", file, "--effective", soon)
    check("... as its first, for all below", said.get("version") == 1 and said.get("offices") == 3, said)
    sync(county, town)
    until("it reaches the township ahead of its date", lambda: [p["version"] for p in run(town, "policy", "history")[1].get("policies", [])] == [1] or sync(county, town), 40)
    until("... and holds there from then on", lambda: run(town, "policy", "show")[1].get("text") == f"{CITY}#1", 90)
    here = run(town, "policy", "show")[1]["in_force"]["deadlines"]
    check("its times hold", [d["written_min"] for d in here if d["hop"] == "township>county" and d["level"] == "IV"] == [45], here)
    case = report(town)[1]["case"]
    check("a report names the rules that it was judged by", show(town, case)["policy"] == f"{CITY}#1", show(town, case).get("policy"))

    def tried(name, minutes, home=county):
        write(name, json.dumps({"v": 1, "deadlines": [{"hop": "township>county", "level": "IV", "written_min": minutes}]}))
        return run(home, "policy", "check", path(name))
    code, said = tried("laxer", 50)
    check("the county may not rule more laxly", code == 65 and [p["code"] for p in said["problems"]] == ["policy.laxer"], said)
    check("... and publishes no such thing", run(county, "policy", "publish", path("laxer"))[0] == 65)
    check("more strictly it may", tried("stricter", 40)[0] == 0, tried("stricter", 40))
    code, said = tried("lawless", 600, city)
    check("nobody rules beyond the law", code == 65 and "policy.legal" in [p["code"] for p in said["problems"]], said)
    write("unknown", json.dumps({"v": 1, "rules": [{"id": "Z99", "severity": "error"}], "colour": 1}))
    check("what nobody knows is named", [p["code"] for p in run(city, "policy", "check", path("unknown"))[1]["problems"]] == ["policy.unknown"] * 2)
    expect("the county is stricter", 0, county, "policy", "publish", path("stricter"))
    sync(town, county)
    until("both hold in the township", lambda: run(town, "policy", "show")[1].get("text") == f"{CITY}#1,{COUNTY}#1" or sync(town), 40)
    here = run(town, "policy", "show")[1]["in_force"]["deadlines"]
    check("... the stricter one", [d["written_min"] for d in here if d["hop"] == "township>county" and d["level"] == "IV"] == [40], here)
    check("a person can read it", page(town, "policy", "history")[0] == 0 and "#1" in page(town, "policy", "show")[1])


def main():
    homes = offices()
    case, child = asks(*homes)
    replies(*homes, case, child)
    rolled_up(homes[0], homes[1], case, child)
    ruled(*homes[:3])
    for home in homes:
        said = expect("everything verifies", 0, home, "verify", "--all")
        check("... without a problem", said.get("ok") is True, said)


finish(main)
