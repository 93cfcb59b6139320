"""What the week says at its end: that all of it is there, and for each office where it is, who to sign in as and what to try."""
import json
import os

from world import Broken, PASSPHRASE


def counted(what, got, wanted):
    if got != wanted:
        raise Broken(f"{what}: {got} of {wanted}")
    return f"{got}/{wanted}"


def check(world, week):
    """N of N, as each node says it, under the true clock; and every node recomputes what it holds."""
    o = world.offices
    here = {k: {r["case"]: r for r in o[k].ask("GET", "/reports?limit=1000")["reports"]} for k in o}
    own = lambda k: {week.cases[w] for w, h in week.home.items() if h is o[k]}
    towns = ("liuhe", "shiqiao", "baishi")
    sent = {c for k in towns for c in own(k) if here[k][c]["state"] not in ("draft", "in_review", "returned")}
    kept = [here[k][c]["state"] for k in towns for c in own(k) - sent]
    up = [c for c in sent | own("county") if c in here["city"]]
    attached = [a for c in sent for a in o["county"].ask("GET", f"/reports/{c}")["attachments"]]
    conflicts = [len(o[k].ask("GET", "/conflicts")["conflicts"]) for k in ("baishi", "county")]
    tasks = o["county"].ask("GET", "/commissions")["commissions"]
    verified = [o[k].ask("POST", "/verify", {"case": None})["ok"] for k in o]
    return [
        ("乡镇发出的信息，县里都有", "reports sent by townships, all at the county", counted("reports at the county", len([c for c in sent if c in here["county"]]), week.said["reports"] - len(own("county")))),
        ("转到市里的", "passed on to the city", counted("at the city", len(up), week.said["forwarded"] + len(own("county")))),
        ("签名全部有效", "all signatures hold", counted("signatures", sum(r["verified"] for r in here["county"].values() if r["case"] in sent), len(sent))),
        ("照片和录音到齐", "photos and voice notes whole", counted("attachments", sum(a["complete"] for a in attached), week.said["attachments"])),
        ("草稿、待审、退回", "drafts, to be signed, given back", counted("kept", len(kept), week.said["kept"])),
        ("待签收", "not acknowledged yet", counted("unread", sum(here[k][c]["state"] == "received" for k, c in week.unread), len(week.unread))),
        ("留给您处理的冲突（镇、县都看得见）", "one conflict left for you (seen at both ends)", counted("conflicts", sum(conflicts), 2)),
        ("约稿", "commissions at the county", counted("commissions", len(tasks), 4)),
        ("各单位核验全部签名、链和回执", "offices that verify whole", counted("verify", sum(verified), len(o))),
    ]


def show(world, week, lang, counts):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "try.json"), encoding="utf-8") as f:
        to_try = json.load(f)
    zh, en = lang != "en", lang != "zh"
    said = week.said
    if zh:
        print(f"   一周的数据：{said['reports']} 份信息、{said['acts']} 次办理；节点在拨早的时钟下运行，时间都是当时签的。")
    if en:
        print(f"   A week of data: {said['reports']} reports and {said['acts']} acts on them, signed at their times by nodes whose clock was set back.")
    for zh_text, en_text, n in counts:
        print("   ✓ " + " / ".join(([f"{zh_text} {n}"] if zh else []) + ([f"{en_text} {n}"] if en else [])))
    for key, o in world.offices.items():
        print(f"\n  {o.name} {o.code} {o.level}   http://127.0.0.1:{o.web}   home {o.home}   pid {o.process.pid}")
        for p in o.people:
            print(f"    {p['name']}   " + " / ".join(([p["post_zh"]] if zh else []) + ([p["post_en"]] if en else [])))
        for n, one in enumerate(to_try[key], 1):
            if zh:
                print(f"    {n}. {one['zh']}")
            if en:
                print(f"    {n}. {one['en']}" if not zh else f"       {one['en']}")
    print(f"\n  {'每个人的口令' if zh else ''}{' / ' if zh and en else ''}{'the passphrase of everybody' if en else ''}: {PASSPHRASE}")
