#!/usr/bin/env python3
"""Rules and tasks where offices work with several people: what one drafts another signs (a policy, a commission and its
correction), a chain of three signatures is walked, and an office that joins later gets every version of the rules."""
import json
from datetime import datetime, timedelta, timezone

import lib_offices
from lib_offices import *

CITY, COUNTY, TOWN, LATE = "3707", "370783", "370783105", "370783106"
EAST = timezone(timedelta(hours=8))


def at(**ahead):
    return (datetime.now(EAST) + timedelta(**ahead)).isoformat(timespec="seconds")


who = {}  # who speaks for an office of several people when nobody is named
called_as = lib_offices.called


def called(home, *words):
    return called_as(home, *words, *(["--as", who[home]] if home in who and "--as" not in words else []))


lib_offices.called = called


def officer(home, name, roles):
    expect(f"{name} joins the office", 0, home, "officer", "add", name, "--role", roles, "--passphrase-file-for", path("passphrase"))


def offices():
    city, county, town = (path(n) for n in ("city", "county", "town"))
    above, below = free_ports(2)
    expect("the city", 0, city, "init", "--code", CITY, "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root", "--two-person")
    who[city] = "周大河"
    officer(city, "秦岭", "signer,reviewer,admin_policy")
    line = invite(city, COUNTY, "青山县", "county", above, "--two-person")
    serve(city, "--as", "周大河", "--sync", f"127.0.0.1:{above}")
    expect("the county joins", 0, county, "join", line, "--officer", "李明")
    who[county] = "李明"
    officer(county, "赵敏", "reviewer")
    officer(county, "陈刚", "signer,admin_policy")
    line = invite(county, TOWN, "柳河镇", "township", below)
    serve(county, "--as", "李明", "--sync", f"127.0.0.1:{below}")
    expect("the township joins", 0, town, "join", line, "--officer", "王芳")
    sync(county, town)
    return city, county, town, below


def sync(*homes):
    for home in homes:
        run(home, "sync")


def policy_file(name, **members):
    return write(name + ".json", json.dumps({"v": 1, **members}, ensure_ascii=False))


def publish(home, name, drafter, signer, **members):
    said = expect(f"{drafter} drafts: {name}", 0, home, "policy", "publish", policy_file(name, **members), "--as", drafter)
    check("... another has to sign", said["state"] == "in_review", said)
    check("... not who drafted it", run(home, "report", "sign", said["case"], "--as", drafter)[0] == 77)
    expect(f"... {signer} signs", 0, home, "report", "sign", said["case"], "--as", signer)
    return said


def rules(home):
    return run(home, "policy", "show")[1]


def versions(home):
    return [(p["office"], p["version"], p["state"]) for p in run(home, "policy", "history")[1]["policies"]]


def ruled(city, county, town):
    skip = {"levels": ["I", "II"], "classes": [{"class": "PH", "lowest": "III"}]}
    publish(city, "one", "周大河", "秦岭", skip_level=skip)
    publish(city, "two", "周大河", "秦岭", skip_level=skip, forms=[{"stage": "final", "class": "ND", "need": "required", "fields": ["houses_collapsed"]}],
            zero_report=[{"name": "汛期", "levels": ["county", "township"], "at": ["08:00", "16:30"]}])
    until("the county has both versions", lambda: len(versions(county)) == 2, 60)
    check("people of the county are told of the rules that came, until somebody has seen it", "policy.new" in alarms(county) and "policy.new" not in alarms(city), alarms(county))
    too_much = policy_file("bad", forms=[{"stage": "flash", "need": "required", "fields": ["trend"]}])
    code, said = run(county, "policy", "check", too_much)
    check("no first flash asks for a seventh field", code == 65 and [p["code"] for p in said["problems"]] == ["policy.flash"], said)
    laxer = policy_file("laxer", skip_level={"classes": [{"class": "PH", "lowest": "II"}]})
    said = run(county, "policy", "check", laxer)[1]
    check("nobody below skips less than the city wants", [p["code"] for p in said["problems"]] == ["policy.laxer"], said)
    publish(county, "county", "李明", "陈刚", signoff=[{"kind": "research", "steps": 3}], fields=[{"key": "x_river_level", "zh": "水位(米)", "en": "river level (m)", "type": "number", "classes": ["ND"]}],
            forms=[{"stage": "first", "class": "ND", "need": "if_known", "fields": ["x_river_level"]}])
    until("the township is ruled by both", lambda: (sync(town), rules(town).get("text"))[1] == f"{CITY}#2,{COUNTY}#1", 60)
    due = run(town, "policy", "times")[1]
    check("the township knows when it owes zero reports, and its shift", {z["at"][11:16] for z in due["zero_reports"]} == {"08:00", "16:30"} and due["watch"]["from"][11:16] == "08:30", due)
    made = run(town, "report", "new", "--kind", "first_report", "--lane", "urgent", "--title", "柳河镇发生洪水灾害", "--body-file", write("flood", "十时许河水漫堤。"), "--set", "incident_type=ND-FLD", "--set", "x_river_level=31.5")
    check("a field that the county's policy brought is filled in", made[0] == 0 and show(town, made[1]["case"])["fields"].get("x_river_level") == 31.5, made)
    flash = expect("a flash of the class that goes further up", 0, town, "report", "new", "--kind", "first_report", "--lane", "flash", "--title", "柳河镇小学发生食物中毒事件", "--body-file", write("food", "午饭后一百二十名学生呕吐。"),
                   "--set", "incident_type=PH-FOO", "--set", "level=III", "--set", "place=柳河镇小学", "--set", "deaths=0", "--set", "missing=0", "--set", f"occurred_at={at(minutes=-9)}", "--send")
    check("... is addressed to the city as well", [a["office"] for a in flash.get("addressees", [])] == [COUNTY, CITY], flash)
    check("... and lacks nothing that a first flash wants", [w["field"] for w in flash["warnings"] if w["rule"] == "R01"] == ["contact"], flash["warnings"])


def joins_later(city, county, town, below):
    late = path("late")
    expect("an office joins when all that is past", 0, late, "join", invite(county, LATE, "石桥乡", "township", below), "--officer", "孙兰")
    sync(late)
    until("... and gets what the county and the city ruled", lambda: (sync(late), rules(late).get("text"))[1] == f"{CITY}#2,{COUNTY}#1", 90)
    check("... every version of it", sorted(versions(late)) == sorted([(CITY, 1, "replaced"), (CITY, 2, "in_force"), (COUNTY, 1, "in_force")]), versions(late))
    until("the county sees that it has it", lambda: LATE in [d["office"] for p in run(county, "policy", "history")[1]["policies"] if p["office"] == COUNTY for d in p["deliveries"] if d["state"] in ("delivered", "opened")], 60)
    backup = path("late.backup")
    expect("it is backed up", 0, late, "backup", backup)
    publish(city, "three", "周大河", "秦岭", commission={"default_days": 2})
    until("the third version comes", lambda: (sync(late), rules(late).get("text"))[1] == f"{CITY}#3,{COUNTY}#1", 90)
    again = path("again")
    expect("put back from the copy of before", 0, again, "restore", backup)
    until("... it gets the third once more", lambda: (sync(again), rules(again).get("text"))[1] == f"{CITY}#3,{COUNTY}#1", 90)
    check("... with all that was before", len(versions(again)) == 4, versions(again))


def three_steps(county):
    body = write("study", "县农业农村局调研十六个村，秋粮收购价比上年每公斤低一角二分，三个村有烂粮风险。建议协调烘干设备。" * 6)
    case = expect("李明 drafts a study", 0, county, "report", "new", "--kind", "research", "--lane", "routine", "--title", "青山县秋粮收购情况调研", "--body-file", body)["case"]
    expect("... and submits it", 0, county, "report", "submit", case)
    code, said = run(county, "report", "sign", case, "--as", "陈刚")
    check("the signer waits for the reviewer", code == 65 and said["code"] == "report.steps", said)
    code, said = run(county, "report", "review", case)
    check("nobody reviews what they drafted", code == 77, said)
    expect("赵敏 sends it back", 0, county, "report", "return", case, "--note", "补充面积", "--as", "赵敏")
    expect("... it is submitted anew", 0, county, "report", "submit", case)
    expect("赵敏 reviews", 0, county, "report", "review", case, "--note", "属实", "--as", "赵敏")
    code, said = run(county, "report", "sign", case, "--as", "赵敏")
    check("a reviewer who is no signer does not sign", code == 77, said)
    expect("陈刚 signs", 0, county, "report", "sign", case, "--as", "陈刚")
    mine = run(county, "report", "show", case)[1]
    signed = [(s["officer"], s["role"]) for s in mine["records"][0]["signatures"]]
    check("three people signed, each in their own capacity", sorted(signed) == sorted([("李明", "drafter"), ("赵敏", "reviewer"), ("陈刚", "signer")]), signed)
    check("... and the report names them", (mine["drafter"], mine["reviewer"], mine["signer"]) == ("李明", "赵敏", "陈刚"), mine)
    short = expect("a brief wants two", 0, county, "report", "new", "--kind", "brief", "--lane", "routine", "--title", "青山县秋粮收购进度过半情况", "--body-file", body)["case"]
    expect("... submitted", 0, county, "report", "submit", short)
    expect("... and signed without a reviewer", 0, county, "report", "sign", short, "--as", "陈刚")


def commission(home, case):
    return run(home, "commission", "show", case)[1]


def two_persons(county, town):
    body = write("ask", "请报送秋冬防火情况，五百字以内。")
    said = expect("李明 drafts a commission", 0, county, "commission", "new", "--title", "防火情况", "--body-file", body, "--due", at(days=3), "--to", TOWN)
    case = said["case"]
    check("... it waits", said["state"] == "in_review" and commission(county, case)["state"] == "in_review", said)
    check("its drafter does not sign it", run(county, "commission", "sign", case)[0] == 77)
    expect("陈刚 returns it", 0, county, "commission", "return", case, "--note", "写明字数", "--as", "陈刚")
    was = commission(county, case)
    check("... with a word", was["state"] == "draft" and was["draft"]["note"] == "写明字数" and "edit" in was["may"], was)
    sync(county, town)
    check("nothing of it left", run(town, "commission", "list")[1]["commissions"] == [])
    edited = expect("its text is changed", 0, county, "commission", "edit", case, "--title", "秋冬防火情况", "--due", at(days=4))
    check("... and submitted anew", edited["state"] == "in_review" and edited["title"] == "秋冬防火情况" and edited["draft"]["note"] == "" and edited["draft"]["to"] == [TOWN], edited)
    expect("it is changed once more while it waits", 0, county, "commission", "edit", case, "--body-file", write("ask2", "请报送秋冬防火情况，八百字以内。"))
    expect("陈刚 signs it", 0, county, "commission", "sign", case, "--as", "陈刚")
    check("signed, it is no draft", run(county, "commission", "edit", case, "--title", "x")[0] == 65)
    until("the township is asked", lambda: (sync(town), commission(town, case).get("body"))[1] == "请报送秋冬防火情况，八百字以内。", 60)
    record = commission(town, case)["record"]

    check("a correction wants a reason", run(county, "commission", "amend", case, "--title", "x")[0] in (2, 65))
    check("... and another text", run(county, "commission", "amend", case, "--title", "秋冬防火情况", "--reason", "无")[0] == 65)
    check("the township corrects nothing", run(town, "commission", "amend", case, "--title", "x", "--reason", "y")[0] == 77)
    said = expect("李明 corrects it", 0, county, "commission", "amend", case, "--title", "秋冬森林防火情况", "--reason", "限于林区")
    check("... which waits, and changes nothing yet", said["title"] == "秋冬防火情况" and said["draft"]["corrects"] and said["draft"]["title"] == "秋冬森林防火情况", said)
    check("a second has to wait", run(county, "commission", "amend", case, "--title", "z", "--reason", "z")[0] == 65)
    expect("it is dropped", 0, county, "commission", "delete", case)
    check("the commission stands as it was", commission(county, case)["state"] == "open" and not commission(county, case)["draft"])
    expect("李明 corrects it again", 0, county, "commission", "amend", case, "--title", "秋冬森林防火情况", "--reason", "限于林区")
    check("its drafter does not sign it", run(county, "commission", "sign", case)[0] == 77)
    expect("陈刚 signs the correction", 0, county, "commission", "sign", case, "--as", "陈刚")
    until("the township has it", lambda: (sync(town), commission(town, case).get("title"))[1] == "秋冬森林防火情况", 60)
    there = commission(town, case)
    check("... with the text of before, the reason and who signed", [(x["title"], x["by"], x["reason"]) for x in there["texts"]] == [("秋冬防火情况", "陈刚", ""), ("秋冬森林防火情况", "陈刚", "限于林区")], there["texts"])
    check("... the body stays, and what is owed", there["body"].startswith("请报送") and there["mine"]["state"] == "opened" and there["record"] == record, there)
    check("... and it is listed so", [c["title"] for c in run(town, "commission", "list")[1]["commissions"]] == ["秋冬森林防火情况"])
    expect("the township accepts", 0, town, "commission", "accept", case)
    until("the county hears it", lambda: (sync(town), {a["office"]: a["state"] for a in commission(county, case)["addressees"]}.get(TOWN))[1] == "accepted", 60)
    expect("it is closed", 0, county, "commission", "close", case, "--as", "陈刚")
    check("what is closed is corrected no more", run(county, "commission", "amend", case, "--title", "x", "--reason", "y")[0] == 65)
    for home in (county, town):
        check("every signature holds", run(home, "verify", "--all")[1].get("ok") is True)


def main():
    city, county, town, below = offices()
    ruled(city, county, town)
    three_steps(county)
    two_persons(county, town)
    joins_later(city, county, town, below)


finish(main)
