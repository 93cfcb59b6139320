#!/usr/bin/env python3
"""Who signs when the head is away, who signs too, what goes no further, and who only looks: real processes of a county and a
township. What one may not do is refused by their own program, and what another did is seen at the other end."""
import datetime

from lib_offices import *

TOWN, COUNTY = "370783105", "370783"


def at(hours):
    zone = datetime.timezone(datetime.timedelta(hours=8))
    return (datetime.datetime.now(zone) + datetime.timedelta(hours=hours)).isoformat(timespec="seconds")


def hire(home, first, name, roles, code=0):
    return expect(f"{name} ({roles})", code, home, "--as", first, "officer", "add", name, "--role", roles, "--passphrase-file-for", path("passphrase"))


class Two:
    def __init__(self):
        self.county, self.town = path("county"), path("town")
        port = free_port()
        expect("the county", 0, self.county, "init", "--code", COUNTY, "--name", "青山县", "--level", "county", "--officer", "李明", "--root")
        hire(self.county, "李明", "孙敏", "drafter,reviewer,duty")
        line = run(self.county, "--as", "李明", "invite", "--code", TOWN, "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{port}")[1]["invitation"]
        serve(self.county, "--as", "李明", "--sync", f"127.0.0.1:{port}")
        expect("the township joins", 0, self.town, "join", line, "--officer", "王芳")
        hire(self.town, "王芳", "小李", "drafter")
        hire(self.town, "王芳", "赵敏", "drafter,duty")
        serve(self.town, "--as", "王芳")

    def at_town(self, name, *words):
        return run(self.town, "--as", name, *words)

    def at_county(self, name, *words):
        return run(self.county, "--as", name, *words)

    def sync(self):
        for _ in range(2):
            self.at_town("王芳", "sync")

    def submitted(self, name, *words):
        said = self.at_town(name, "report", "new", "--kind", "brief", "--lane", "routine", "--title", f"柳河镇甲子沟村第{name}次巡查", "--body-file", text(), *words)[1]
        code, _ = self.at_town(name, "report", "submit", said["case"])
        check(f"{name} submits", code == 0, said)
        return said["case"]

    def sign(self, name, case):
        code, said = self.at_town(name, "report", "sign", case)
        return code, said.get("code", "")


def deputies(t):
    code, away = t.at_town("王芳", "absence", "away", "--until", at(8), "--deputy", "赵敏", "--place", "潍安市", "--reason", "开会")
    check("the head is away, with a deputy", code == 0 and away["state"] == "running" and away["deputy"] == "赵敏", away)
    check("an absence without an end is none", t.at_town("王芳", "absence", "away", "--deputy", "赵敏")[0] == 2)
    check("nobody stands in for themselves", t.at_town("王芳", "absence", "away", "--until", at(8), "--deputy", "王芳")[0] == 65)
    check("a deputy names no deputy", t.at_town("赵敏", "absence", "away", "--officer", "王芳", "--until", at(2))[0] == 77)
    t.sync()

    def told():
        return [a for a in t.at_county("李明", "absence", "list")[1].get("absences", []) if a["absent"] == "王芳"]
    until("the superior sees who is away, and where", lambda: told() and told()[0]["place"] == "潍安市" and told()[0]["state"] == "running")

    case = t.submitted("小李")
    check("a clerk signs nothing", t.sign("小李", case) == (77, "denied.role"))
    check("the deputy signs", t.sign("赵敏", case)[0] == 0)
    own = t.submitted("赵敏")
    check("... but not their own", t.sign("赵敏", own) == (77, "denied.same_person"))
    by_head = t.submitted("王芳")
    check("... nor what the absent wrote", t.sign("赵敏", by_head) == (77, "denied.deputy"))
    t.sync()

    def shown():
        said = t.at_county("李明", "report", "show", case)[1]
        return said.get("signed_for") == "王芳" and said.get("signer") == "赵敏" and "deputy" in said.get("flags", [])
    until("the county sees that a deputy signed, and for whom", shown)
    check("... people read it too", "in the place of 王芳" in page(t.county, "--as", "李明", "report", "show", case)[1])

    check("the head is back", t.at_town("王芳", "absence", "back", away["absence"])[1].get("state") == "back")
    check("... and the deputy signs no more", t.sign("赵敏", t.submitted("小李")) == (77, "denied.role"))
    t.sync()
    until("... which the county sees", lambda: not told())
    check("what was signed meanwhile stays", shown())


def cosigned(t):
    case = t.submitted("小李")
    check("signed", t.sign("王芳", case)[0] == 0)
    check("the county is asked to sign too", t.at_town("小李", "report", "cosign", case, "--ask", "--office", COUNTY, "--officer", "赵敏", "--text", "请核对")[0] == 0)
    t.sync()

    def states(home, who):
        return {c["officer"] or c["office"]: c["state"] for c in run(home, "--as", who, "report", "show", case)[1].get("cosigners", [])}
    until("... and knows it", lambda: states(t.county, "李明") == {COUNTY: "waiting", "赵敏": "waiting"})
    check("a clerk of the county does not sign for it", t.at_county("孙敏", "report", "cosign", case)[0] == 77)
    check("who was not asked does not sign", t.at_town("小李", "report", "cosign", case)[0] == 77)
    check("declined without a reason", t.at_county("李明", "report", "cosign", case, "--decline")[0] == 65)
    check("declined", t.at_county("李明", "report", "cosign", case, "--decline", "--text", "人数不符")[0] == 0)
    check("our officer signs", t.at_town("赵敏", "report", "cosign", case)[0] == 0)
    t.sync()
    until("both ends see who has and who has not", lambda: states(t.town, "王芳") == states(t.county, "李明") == {COUNTY: "declined", "赵敏": "signed"})
    check("... with the reason", "人数不符" in page(t.town, "--as", "王芳", "report", "show", case)[1])
    check("signed after all", t.at_county("李明", "report", "cosign", case)[0] == 0)
    t.sync()
    until("... at both ends", lambda: states(t.town, "王芳") == {COUNTY: "signed", "赵敏": "signed"})


def held(t):
    said = t.at_town("小李", "report", "new", "--kind", "brief", "--lane", "routine", "--title", "柳河镇巡查等会签", "--body-file", text())[1]
    case = said["case"]
    check("it is to wait for an officer", t.at_town("小李", "report", "cosign", case, "--ask", "--officer", "赵敏", "--hold-until", at(4))[0] == 0)
    t.at_town("小李", "report", "submit", case)
    check("signed off", t.sign("王芳", case)[0] == 0)
    t.sync()
    check("... it waits here", t.at_town("王芳", "report", "show", case)[1].get("held_until") and case not in cases_of(t))
    check("they sign", t.at_town("赵敏", "report", "cosign", case)[0] == 0)
    t.sync()
    until("... and it goes", lambda: case in cases_of(t))


def cases_of(t):
    return {r["case"] for r in t.at_county("李明", "report", "list", "--limit", "1000")[1].get("reports", [])}


def embargoed(t):
    case = t.submitted("小李", "--set", "embargo_until=" + at(5))
    check("signed", t.sign("王芳", case)[0] == 0)
    t.sync()
    until("it came", lambda: case in cases_of(t))
    embargo = t.at_county("李明", "report", "show", case)[1].get("embargo") or {}
    check("its time is shown", embargo.get("forbids_passing_on") and embargo.get("forbids_publishing"), embargo)
    code, said = t.at_county("孙敏", "decide", case, "--outcome", "adopted", "--publication", "要情快报", "--issue", "3")
    check("it is not published before its time", (code, said.get("code")) == (65, "embargo.until"), said)
    code, said = t.at_county("李明", "forward", case)
    check("... nor passed on", said.get("code") == "embargo.until", said)
    check("filing it is no publication", t.at_county("孙敏", "decide", case, "--outcome", "filed")[0] == 0)


def watched(t):
    check("nothing waits too long", t.at_town("王芳", "escalation", "list")[1].get("escalations") is not None)
    hire(t.town, "王芳", "审计员", "auditor")
    check("an auditor reads", t.at_town("审计员", "verify", "--all")[0] == 0)
    check("... and writes nothing", t.at_town("审计员", "report", "new", "--kind", "brief", "--lane", "routine", "--title", "柳河镇审计", "--body-file", text())[1].get("code") == "denied.auditor")
    check("... nor exchanges", t.at_town("审计员", "sync")[1].get("code") == "denied.auditor")
    hire(t.town, "王芳", "两管员", "admin_people,admin_keys", 77)
    hire(t.town, "王芳", "又审又写", "auditor,drafter", 77)


def main():
    t = Two()
    deputies(t)
    cosigned(t)
    held(t)
    embargoed(t)
    watched(t)


if __name__ == "__main__":
    finish(main)
