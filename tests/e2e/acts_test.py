#!/usr/bin/env python3
"""What flows down, as real processes over three levels: a county decides and gives back, a city's leader instructs over the
county's head, the township answers, the county closes its own; questions, merging; who may not is refused at both ends."""
from lib_offices import *

TOWN, COUNTY, CITY = "370783105", "370783", "3707"
DUE, PAST = "2099-01-01T18:00:00+08:00", "2020-01-01T18:00:00+08:00"


def second(home, first, name, roles):
    """One officer more: from now on this office works with two persons."""
    expect(f"{name} joins the office", 0, home, "--as", first, "officer", "add", name, "--role", roles, "--passphrase-file-for", path("passphrase"))


def offices():
    city, county, town = (path(n) for n in ("city", "county", "town"))
    above, below = free_ports(2)
    expect("the city", 0, city, "init", "--code", CITY, "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    second(city, "周大河", "秘书小孟", "drafter,reviewer")
    line = run(city, "--as", "周大河", "invite", "--code", COUNTY, "--name", "青山县", "--level", "county", "--url", f"http://127.0.0.1:{above}")[1]["invitation"]
    serve(city, "--as", "周大河", "--sync", f"127.0.0.1:{above}")
    expect("the county joins", 0, county, "join", line, "--officer", "李明")
    second(county, "李明", "孙敏", "drafter,reviewer,duty")
    line = run(county, "--as", "李明", "invite", "--code", TOWN, "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{below}")[1]["invitation"]
    serve(county, "--as", "李明", "--sync", f"127.0.0.1:{below}")
    expect("the township joins", 0, town, "join", line, "--officer", "王芳")
    serve(town)
    return city, county, town


class Trio:
    def __init__(self, city, county, town):
        self.city, self.county, self.town = city, county, town

    def leader(self, *words):
        return run(self.city, "--as", "周大河", *words)

    def secretary(self, *words):
        return run(self.city, "--as", "秘书小孟", *words)

    def signer(self, *words):
        return run(self.county, "--as", "李明", *words)

    def editor(self, *words):
        return run(self.county, "--as", "孙敏", *words)

    def show(self, home, case):
        who = {self.city: "周大河", self.county: "李明", self.town: "王芳"}[home]
        return run(home, "--as", who, "report", "show", case)[1]

    def state(self, home, case):
        return self.show(home, case).get("state")

    def acts(self, home, case, kind):
        return [a for a in self.show(home, case).get("acts", []) if a["act"] == kind]

    def sync(self):
        for home, who in ((self.town, "王芳"), (self.county, "李明"), (self.town, "王芳"), (self.county, "李明"), (self.town, "王芳")):
            run(home, "--as", who, "sync")

    def everywhere(self, what, case, state, *homes):
        def agree():
            self.sync()
            got = {os.path.basename(h): self.state(h, case) for h in homes}
            return all(s == state for s in got.values())
        until(f"{what}: {state} at {', '.join(os.path.basename(h) for h in homes)}", agree, 60)

    def new(self):
        code, said = report(self.town, lane="urgent")
        check("the township reports", code == 0, said)
        self.sync()
        until("... to the county", lambda: self.show(self.county, said["case"]).get("state") == "received")
        return said["case"]


def decided(t):
    case = t.new()
    owed = t.show(t.town, case).get("owed")
    check("what is not acknowledged is owed", owed and owed["to"][0]["office"] == COUNTY, owed)
    check("a correction goes after it", run(t.town, "report", "correct", case, "--title", "柳河镇甲子沟村巡查（更正）", "--reason", "更正", "--send")[0] == 0)
    until("... and is there", lambda: (t.sync(), t.show(t.county, case).get("title"))[1] == "柳河镇甲子沟村巡查（更正）")
    t.sync()
    check("... and gives nobody more time", t.show(t.town, case)["owed"]["since"] == owed["since"], [owed, t.show(t.town, case)["owed"]])
    check("an editor acknowledges", t.editor("report", "acknowledge", case)[0] == 0)
    t.everywhere("acknowledged", case, "acknowledged", t.county, t.town)
    check("nobody owes any more", t.show(t.town, case)["owed"] is None)
    check("the township does not decide on its own", run(t.town, "decide", case, "--outcome", "filed")[0] == 77)
    check("returned without a reason", t.editor("decide", case, "--outcome", "returned")[0] == 65)
    code, said = t.editor("decide", case, "--outcome", "returned", "--reason", "请补充里程依据")
    check("the editor alone gives it back", code == 0 and said["state"] == "returned" and said["record"], said)
    t.everywhere("given back", case, "returned", t.county, t.town)
    work = run(t.town, "report", "show", case)[1]
    check("with the reason", work["acts"][-1]["reason"] == "请补充里程依据" and work["acts"][-1]["office"] == COUNTY and work["acts"][-1]["by"] == ["孙敏"], work["acts"])
    check("the timeline has it in words", any(e["event"] == "decision" and "请补充里程依据" in e["text"] for e in work["timeline"]), work["timeline"])
    check("it is in the list", [r["case"] for r in run(t.town, "report", "list", "--state", "returned")[1]["reports"]] == [case])
    check("the township answers with a correction", run(t.town, "report", "correct", case, "--title", "柳河镇甲子沟村巡查（补充里程依据）", "--reason", "补充", "--send")[0] == 0)
    t.everywhere("new again", case, "received", t.county)
    code, said = t.editor("decide", case, "--outcome", "adopted", "--publication", "要情快报", "--issue", "31", "--rating", "高=4,实=5")
    check("adopting waits for a second person", code == 0 and said["waiting_for_signature"] and said["record"] is None, said)
    there = t.show(t.county, case)
    check("... as the case's draft", there["draft"]["type"] == "decision" and there["acts"][-1]["waiting_for_signature"] and there["acts"][-1]["waits_for"] == "signer", there["acts"])
    check("who typed it does not sign it", t.editor("report", "sign", case)[0] == 77)
    check("the signer gives it back", t.signer("report", "return", case, "--note", "期号有误")[0] == 0)
    check("and it is decided anew", t.editor("decide", case, "--outcome", "adopted", "--publication", "要情快报", "--issue", "32", "--rating", "高=4,实=5")[0] == 0)
    code, said = t.signer("report", "sign", case)
    check("the signer signs", code == 0 and said["state"] == "adopted" and said["record"], said)
    t.everywhere("adopted", case, "adopted", t.county, t.town)
    adopted = t.acts(t.town, case, "decision")[-1]
    check("the township sees where", (adopted["publication"], adopted["issue"], adopted["rating"]) == ("要情快报", 32, {"significance": 4, "accuracy": 5}), adopted)
    check("... signed by two", adopted["by"] == ["李明", "孙敏"], adopted["by"])
    check("the earlier decision is superseded and still there", [a["state"] for a in t.acts(t.town, case, "decision")] == ["superseded", "none"])
    seen = run(t.town, "report", "seen", case)[1]
    check("read once", seen.get("seen") == 2 and run(t.town, "report", "seen", case)[1]["seen"] == 0, seen)
    code, read = page(t.town, "report", "show", case)
    check("a person reads it", code == 0 and "要情快报 no. 32" in read and "adopted" in read, read)
    return case


def asked(t, case):
    code, said = t.editor("report", "ask", case, "--text", "里程以什么为准？", "--verify")
    check("to verify needs a time", code == 65, said)
    code, said = t.editor("report", "ask", case, "--text", "里程以什么为准？", "--verify", "--due", PAST)
    check("the county demands to verify", code == 0, said)
    until("the township has it", lambda: (t.sync(), t.acts(t.town, case, "verify"))[1])
    q = t.acts(t.town, case, "verify")[0]
    check("... overdue, and for it", q["state"] == "overdue" and q["for_us"] is True, q)
    status = run(t.town, "status")[1]["acts"]
    check("... in its status", status["answer"] == 1 and status["overdue"] == 1, status)
    check("nobody answers for it", t.editor("report", "answer", case, "--to", q["record"], "--text", "x")[0] == 77)
    check("the township answers", run(t.town, "report", "answer", case, "--to", q["record"][:8], "--text", "以养护台账为准")[0] == 0)
    until("answered at the county", lambda: (t.sync(), [a["state"] for a in t.acts(t.county, case, "verify")])[1] == ["answered"])
    check("the answer is there", t.acts(t.county, case, "answer")[0]["text"] == "以养护台账为准")
    code, said = run(t.town, "report", "ask", case, "--text", "何时刊发？")
    check("either side may ask", code == 0, said)
    until("the county is asked", lambda: (t.sync(), t.acts(t.county, case, "question"))[1])


def instructed(t, case):
    check("the county passes it on", t.signer("forward", case)[0] == 0)
    t.everywhere("at the city", case, "received", t.city)
    check("an office that is not below", t.leader("instruct", case, "--text", "请查", "--assignee", CITY)[0] in (65, 66))
    code, said = t.leader("instruct", case, "--text", "请青山县查明原因，柳河镇限期整改。", "--due", DUE, "--assignee", f"{COUNTY},{TOWN}")
    check("the leader signs first", code == 0 and said["waiting_for_signature"], said)
    check("... and it waits for who sends it", t.show(t.city, case)["acts"][-1]["waits_for"] == "second")
    check("not the leader again", t.leader("report", "sign", case)[0] == 77)
    code, said = t.secretary("report", "sign", case)
    check("the secretary sends it", code == 0 and said["state"] == "instructed", said)
    t.everywhere("instructed", case, "instructed", t.city, t.county, t.town)
    order = t.acts(t.town, case, "instruction")[0]
    check("word for word at the township", order["text"] == "请青山县查明原因，柳河镇限期整改。" and order["office"] == CITY and order["by"] == ["周大河", "秘书小孟"], order)
    ids = {t.acts(h, case, "instruction")[0]["record"] for h in (t.city, t.county, t.town)}
    check("one record at all three", len(ids) == 1, ids)
    rec = [r for r in t.show(t.town, case)["records"] if r["type"] == "instruction"][0]
    check("... whose signatures the township checks itself", rec["verified"] and all(s["valid"] for s in rec["signatures"]) and len(rec["signatures"]) == 2, rec)
    check("... and to be carried out there", order["for_us"] is True and run(t.town, "status")[1]["acts"]["carry_out"] == 1)

    code, said = t.editor("instruct", case, "--text", "柳河镇三日内报整改方案。", "--assignee", TOWN, "--dictated")
    check("the county's own, typed first", code == 0 and said["waiting_for_signature"], said)
    check("... is marked until a leader signs", t.show(t.county, case)["acts"][-1]["waits_for"] == "signer")
    check("the county's leader signs", t.signer("report", "sign", case)[0] == 0)
    until("the township has both", lambda: (t.sync(), len(t.acts(t.town, case, "instruction")))[1] == 2)
    by_city, by_county = t.acts(t.town, case, "instruction")
    check("the township reports progress on the county's", run(t.town, "report", "progress", case, "--instruction", by_county["record"], "--text", "方案已拟", "--done")[0] == 0)
    check("... and on the city's", run(t.town, "report", "progress", case, "--instruction", by_city["record"], "--text", "已修补一半")[0] == 0)
    until("feedback at the county", lambda: (t.sync(), [a["state"] for a in t.acts(t.county, case, "instruction")])[1] == ["in_follow_through", "feedback_given"])
    check("the county does not close the city's", t.signer("report", "close", case, "--instruction", by_city["record"])[0] == 77)
    check("the county closes its own", t.signer("report", "close", case, "--instruction", by_county["record"], "--note", "已办")[0] == 0)
    t.everywhere("the city's goes on", case, "in_follow_through", t.city, t.county, t.town)
    until("the county's is closed at the township", lambda: (t.sync(), t.acts(t.town, case, "instruction")[1]["state"])[1] == "closed")
    check("closed is closed", run(t.town, "report", "progress", case, "--instruction", by_county["record"], "--text", "再报")[0] == 65)
    check("the township is done", run(t.town, "report", "progress", case, "--instruction", by_city["record"], "--text", "全部修补", "--done")[0] == 0)
    check("the county too", t.editor("report", "progress", case, "--instruction", by_city["record"], "--text", "已查明", "--done")[0] == 0)
    until("all said done at the city", lambda: (t.sync(), t.state(t.city, case))[1] == "feedback_given")
    check("... who", {o["office"]: o["state"] for o in t.acts(t.city, case, "instruction")[0]["assignees"]} == {COUNTY: "done", TOWN: "done"})
    check("the city closes", t.leader("report", "close", case, "--instruction", by_city["record"])[0] == 0)
    t.everywhere("closed", case, "closed", t.city, t.county, t.town)


def merged(t):
    one, two = t.new(), t.new()
    body = write("merged", "2025年11月，青山县各乡镇完成道路巡查，发现坑槽均已修补，冬季养护物资已备齐。")
    check("one alone is not put together", t.editor("report", "merge", one, "--title", "x", "--body-file", body)[0] != 0)
    code, said = t.editor("report", "merge", one, two, "--title", "青山县冬季道路巡查综合情况", "--body-file", body, "--send")
    check("two are", code == 0 and said["state"] == "in_review", said)
    whole = said["case"]
    check("the signer signs", t.signer("report", "sign", whole)[0] == 0)
    until("the city has it with its sources", lambda: (t.sync(), [s["office"] for s in t.show(t.city, whole).get("sources", [])])[1] == [TOWN, TOWN])
    sources = t.show(t.city, whole)["sources"]
    own = {r["record"] for c in (one, two) for r in t.show(t.town, c)["records"]}
    check("... named by the township's own records", {s["record"] for s in sources} <= own and {s["case"] for s in sources} == {one, two}, sources)
    t.everywhere("the township hears", one, "forwarded", t.town, t.county)
    into = t.acts(t.town, two, "merged")[0]["into"]
    check("... what it went into", into["title"] == "青山县冬季道路巡查综合情况" and into["office"] == COUNTY and into["here"] is False, into)


def main():
    t = Trio(*offices())
    case = decided(t)
    asked(t, case)
    instructed(t, case)
    merged(t)
    for home, who in ((t.city, "周大河"), (t.county, "李明"), (t.town, "王芳")):
        said = run(home, "--as", who, "verify", "--all")
        check("everything verifies", said[1].get("ok") is True, said)
        check("nothing is in quarantine", run(home, "--as", who, "status")[1]["quarantined"] == 0)


if __name__ == "__main__":
    finish(main)
