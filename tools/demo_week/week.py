"""What happens in the week, in the order of time: reads the files of texts, lets the clock go to each moment, and has the people do
at their nodes what stands there."""
import datetime
import glob
import heapq
import json
import os
import re

import media
from world import CHINA, Broken, Office

HERE = os.path.dirname(os.path.abspath(__file__))
MINUTE = datetime.timedelta(minutes=1)
# How soon a report is acknowledged where nothing else is said, in minutes.
ACKNOWLEDGED = {"flash": 3, "urgent": 9, "routine": 45}
# What a step has beside the members that go to the API.
META = {"+", "office", "by", "sign", "do", "due", "photos", "final_sign", "unseen", "stays", "until", "occurred", "id", "case_of", "back"}


class Week:
    def __init__(self, world, now):
        self.world, self.now = world, now
        self.heap, self.turn = [], 0
        self.cases = {}    # our word for a report -> its case
        self.home = {}     # ... -> the office that wrote it
        self.unread = []   # cases that the county is left to acknowledge
        self.said = {"reports": 0, "acts": 0, "attachments": 0, "kept": 0, "forwarded": 0}

    # --- time -------------------------------------------------------------------------------------------------------
    def moment(self, at):
        """"-3 08:40" is three days ago at 8:40, "now-95" is 95 minutes ago."""
        if at.startswith("now"):
            return self.now + int(at[3:]) * MINUTE
        day, clock = at.split(" ")
        hour, minute = clock.split(":")
        return self.now.replace(hour=int(hour), minute=int(minute), second=11, microsecond=0) + datetime.timedelta(days=int(day))

    def later(self, at, *do):
        self.turn += 1
        heapq.heappush(self.heap, (min(at, self.now - MINUTE / 20), self.turn, do))

    def run(self):
        clock = self.world.clock
        while self.heap:
            at, _, (what, *words) = heapq.heappop(self.heap)
            if at - clock.now() > 4 * MINUTE:
                self.world.settle()
            clock.go(at)
            what(at, *words)
        self.world.settle()

    @staticmethod
    def filled(value, at):
        """Dates and hours in a text, counted from when it was written: {d-1} {t-20} {h+30} {iso-15}."""
        if isinstance(value, dict):
            return {k: Week.filled(v, at) for k, v in value.items()}
        if not isinstance(value, str):
            return value

        def word(m):
            n = int(m[2] or 0)
            t = at + datetime.timedelta(days=n) if m[1] in "dm" else at + n * MINUTE
            day, hour = f"{t.month}月{t.day}日", f"{t.hour}时{t.minute:02}分"
            return {"d": day, "m": f"{t.month}月", "t": day + hour, "h": hour, "iso": t.isoformat(timespec="seconds")}[m[1]]
        return re.sub(r"\{(d|m|t|h|iso)([+-]\d+)?\}", word, value)

    # --- the files --------------------------------------------------------------------------------------------------
    def read(self):
        for name in sorted(glob.glob(os.path.join(HERE, "texts", "*.json"))):
            with open(name, encoding="utf-8") as f:
                for entry in json.load(f):
                    what = {"commission": self.commission, "conflict": self.conflict, "policy": self.policy}.get(entry.get("do"), self.report)
                    self.later(self.moment(entry["at"]), what, entry)

    # --- reports ----------------------------------------------------------------------------------------------------
    def office(self, key):
        return self.world.offices[key]

    def members(self, entry, at, *names):
        out = {n: self.filled(entry[n], at) for n in names if n in entry}
        if "occurred" in entry:
            out["occurred_at"] = self.filled("{iso%+d}" % entry["occurred"], at)
        return out

    def report(self, at, e):
        o = self.office(e["office"])
        by = e.get("by", o.writer)
        body = self.members(e, at, "kind", "lane", "title", "body", "fields", "to")
        if "sources" in e:
            body["sources"] = [self.cases[s] for s in e["sources"]]
        if "answers" in e:
            body["answers"] = self.cases[e["answers"]]
        said = o.ask("POST", "/reports/merge" if "sources" in e else "/reports", body, by)
        case = self.cases[e["id"]] = said["case"]
        self.home[e["id"]] = o
        self.attach(o, case, e.get("photos", {}), by)
        end = e.get("end", "")
        if end == "draft":
            self.said["kept"] += 1
            return
        if end == "provisional" or o.one_person:
            o.ask("POST", f"/reports/{case}/send", {}, by)
            if end == "provisional":
                self.later(at + e["cosigned"] * MINUTE, self.cosign, o, case)
            self.left(at, e)
            return
        o.ask("POST", f"/reports/{case}/submit", {}, by)
        if end == "in_review":
            self.said["kept"] += 1
        elif end == "returned":
            self.said["kept"] += 1
            self.later(at + 20 * MINUTE, lambda _: o.ask("POST", f"/reports/{case}/return", {"note": e["note"]}, o.signer))
        else:
            wait = e.get("sign_after", 4 if e["lane"] == "flash" else 12 if e["lane"] == "urgent" else 25)
            self.later(at + wait * MINUTE, self.sign_report, o, case, e)

    def attach(self, o, case, photos, by):
        for name, kind in photos.items():
            content = media.voice(name) if kind == "voice" else media.scene(case[:4] + name, kind)
            o.ask("PUT", f"/reports/{case}/attachments/{http_quoted(name)}", content, by)
            self.said["attachments"] += 1

    def cosign(self, at, o, case):
        o.ask("POST", f"/reports/{case}/sign", {"note": ""}, o.signer)
        self.said["acts"] += 1

    def sign_report(self, at, o, case, e):
        o.ask("POST", f"/reports/{case}/sign", {"note": ""}, e.get("sign", o.signer))
        self.left(at, e)

    def left(self, at, e):
        """It is on its way: what becomes of it above."""
        self.said["reports"] += 1
        o = self.office(e["office"])
        minutes = e.get("ack", ACKNOWLEDGED[e["lane"]])
        if minutes is None and o.above:
            self.unread.append((o.above, self.cases[e["id"]]))
        if minutes is not None and o.above:
            self.later(at + minutes * MINUTE, self.act, e["id"], {"do": "acknowledge", "office": o.above})
        for step in e.get("then", []):
            self.later(at + step["+"] * MINUTE, self.act, e["id"], step)
        if minutes is not None and not e.get("then") and not e.get("stays") and o.above:
            self.later(at + (minutes + 240) * MINUTE, self.act, e["id"], {"do": "decide", "office": o.above, "outcome": "filed"})

    # --- what is done about a report --------------------------------------------------------------------------------
    def here(self, o, case):
        """The case as this office has it; waits until it has."""
        def got():
            said = o.ask("GET", f"/reports/{case}", officer=o.writer, good=())
            return said if "case" in said else None
        return self.world.until(f"{case} is at {o.name}", got)

    def asked(self, o, case, kinds):
        """The newest act of these kinds that waits for this office."""
        def got():
            acts = [a for a in self.here(o, case)["acts"] if a["act"] in kinds and a["for_us"] and a["state"] in ("open", "in_follow_through", "overdue")]
            return acts and acts[-1]
        return self.world.until(f"{o.name} is asked about {case}", got)["record"]

    def act(self, at, word, step):
        o = self.office(step.get("office", "county"))
        case, verb = self.cases[word], step["do"]
        by = step.get("by", o.writer)
        now = self.here(o, case)
        if verb in ("follow-up", "correct"):
            return self.next_version(at, o, case, step, by)
        body = {k: self.filled(v, at) for k, v in step.items() if k not in META}
        if "due" in step:
            body["due_at"] = self.filled("{iso%+d}" % step["due"], at)
        if verb == "answer":
            body["to"] = self.asked(o, case, ("question", "verify", "urge"))
        if verb in ("progress", "close"):
            body["instruction"] = self.asked(o, case, ("instruction",)) if verb == "progress" else \
                next(a["record"] for a in reversed(now["acts"]) if a["act"] == "instruction" and a["own"])
        said = o.ask("POST", f"/reports/{case}/{verb}", body, by)
        self.said["acts"] += 1
        if step.get("sign") and (said.get("waiting_for_signature") or said.get("state") == "in_review"):
            self.later(at + 8 * MINUTE, self.second, o, case, step)
        else:
            self.done(at, o, word, step)

    def second(self, at, o, case, step):
        o.ask("POST", f"/reports/{case}/sign", {"note": ""}, step["sign"])
        self.done(at, o, next(w for w, c in self.cases.items() if c == case), step)

    def done(self, at, o, word, step):
        case = self.cases[word]
        if step["do"] == "forward":
            self.said["forwarded"] += 1
            above = self.office(o.above)
            self.later(at + step.get("back", 25) * MINUTE, lambda _: (self.here(above, case), above.ask("POST", f"/reports/{case}/acknowledge", {}, above.writer)))
        author = self.home[word]
        if step["do"] in ("decide", "instruct") and not step.get("unseen") and author is not o:
            self.later(at + 150 * MINUTE, self.seen, author, case)

    def seen(self, at, o, case):
        self.here(o, case)
        o.ask("POST", f"/reports/{case}/seen", {}, o.writer)

    def next_version(self, at, o, case, step, by):
        body = self.members(step, at, "title", "body", "fields", "final", "reason", "lane")
        o.ask("POST", f"/reports/{case}/{step['do']}", body, by)
        self.attach(o, case, step.get("photos", {}), by)
        self.said["acts"] += 1
        if o.one_person or step.get("sign") is False:
            o.ask("POST", f"/reports/{case}/send", {}, by)
            return
        o.ask("POST", f"/reports/{case}/submit", {}, by)
        if not step.get("stays"):
            self.later(at + 4 * MINUTE, lambda _: o.ask("POST", f"/reports/{case}/sign", {"note": ""}, o.signer))

    # --- commissions ------------------------------------------------------------------------------------------------
    def policy(self, at, e):
        """One drafts, another signs; from then on it holds below."""
        o = self.office(e["office"])
        case = o.ask("POST", "/policies", {"document": e["document"]}, e["by"])["case"]
        o.ask("POST", f"/reports/{case}/sign", {}, e["signer"])

    def commission(self, at, e):
        o = self.office(e["office"])
        body = self.members(e, at, "title", "body", "lane")
        body |= {"due_at": self.filled("{iso%+d}" % e["due"], at), "to": [self.office(k).code for k in e["to"]]}
        path = "/commissions" if "parent" not in e else f"/commissions/{self.cases[e['parent']]}/pass"
        said = o.ask("POST", path, body, e.get("by", o.writer))
        case = self.cases[e["id"]] = said["case"]
        self.said["acts"] += 1
        if said["state"] == "in_review":
            o.ask("POST", f"/reports/{case}/sign", {"note": ""}, e.get("sign", o.signer))
        for step in e.get("then", []):
            self.later(at + step["+"] * MINUTE, self.reply, case, step)

    def reply(self, at, case, step):
        o = self.office(step["office"])
        self.world.until(f"{o.name} has the commission", lambda: "case" in o.ask("GET", f"/commissions/{case}", officer=o.writer, good=()))
        body = {k: self.filled(v, at) for k, v in step.items() if k not in META}
        if "until" in step:
            body["until"] = self.filled("{iso%+d}" % step["until"], at)
        if "of" in body:
            body["office"] = self.office(body.pop("of")).code
        if "offices" in body:
            body["offices"] = [self.office(k).code for k in body["offices"]]
        answer = o.ask("POST", f"/commissions/{case}/{step['do']}", body, step.get("by", o.signer), good=())
        if answer.get("status") and answer.get("code"):
            raise Broken(f"{o.name}: {step['do']}: {answer}")
        self.said["acts"] += 1

    # --- two versions -----------------------------------------------------------------------------------------------
    def second_machine(self, o):
        """The duty room's own machine, for the office's first officer."""
        told = {"code": o.code, "name": o.name, "level": o.level, "people": o.people[:1], "above": o.above}
        two = Office(self.world, o.key + "2", told)
        two.writer = two.signer = told["people"][0]["name"]
        line = o.ask("POST", "/node/invitations", {"name": "值班室二号机", "officer": two.writer, "url": [f"http://127.0.0.1:{o.sync}"]})["invitation"]
        two.call_program("join", line, "--officer", two.writer)
        two.start()
        self.world.until("the second machine is in", lambda: two.ask("GET", "/status")["state"] == "ready")
        above, mine = self.office(o.above), next(n for n in two.ask("GET", "/nodes")["nodes"] if n["this"])
        self.world.until("the county knows the second machine", lambda: any(n["node"] == mine["node"] for n in above.ask("GET", "/nodes")["nodes"]))
        above.ask("POST", f"/nodes/{mine['node']}/confirm", {"fingerprint": mine["fingerprint"]})
        self.world.second = two
        return two

    def conflict(self, at, e):
        """The duty room's machine is off while the office corrects a figure; then somebody corrects it there too, and both versions meet."""
        o = self.office(e["office"])
        two = self.second_machine(o)
        case = self.cases[e["case_of"]]
        self.here(two, case)
        two.stop()
        self.next_version(at, o, case, dict(e["here"], do="correct"), o.writer)
        self.later(at + 12 * MINUTE, self.there, two, o, case, e["there"])

    def there(self, at, two, o, case, step):
        with open(os.path.join(self.world.folder, "correction.txt"), "w", encoding="utf-8") as f:
            f.write(self.filled(step["body"], at))
        two.call_program("report", "correct", case, "--title", step["title"], "--body-file", f.name, "--reason", step["reason"],
                         *[w for k, v in step.get("fields", {}).items() for w in ("--set", f"{k}={v}")], "--send")
        two.start()
        self.world.until("both versions are at the office", lambda: self.here(o, case)["conflict"])
        self.world.until("... and at the county", lambda: self.here(self.office(o.above), case)["conflict"])
        self.said["acts"] += 2


def http_quoted(name):
    from urllib.parse import quote
    return quote(name, safe="")
