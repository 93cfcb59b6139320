#!/usr/bin/env python3
"""Drafts and attachments of one office with two machines, as real processes: begun by 王芳 on one, submitted, returned and
signed by 张三 on the other; written on at both while they are apart; deleted; files whole on both."""
from lib_offices import *
from second_machine_test import founded, nodes, state


def draft(home, case):
    return show(home, case).get("draft") or {}


def begin(home, title, *words):
    said = run(home, "report", "new", "--kind", "brief", "--lane", "routine", "--title", title, "--body-file", text(), *words)[1]
    return said["case"]


def joined(county, one, two, ports, running):
    line = expect("a machine for a second officer", 0, one, "node", "invite", "--url", f"http://127.0.0.1:{ports[1]}", "--name", "办公室二号机", "--officer", "张三")["invitation"]
    said = expect("it joins", 0, two, "join", line, "--officer", "张三")
    check("... the same office", said.get("state") == "ready", said)
    running["two"] = serve(two, "--sync", f"127.0.0.1:{ports[2]}")
    machine = next(n for n in nodes(one) if n["number"] == "2")
    until("the county is told of it", lambda: "node.unconfirmed" in alarms(county))
    before = begin(one, "确认之前的草稿")
    time.sleep(2)
    check("before it is confirmed it is told of no draft", before not in cases(two))
    expect("the county confirms it", 0, county, "node", "confirm", machine["node"][:8], "--fingerprint", machine["fingerprint"])
    until("then of what there was before too", lambda: before in cases(two), 90)
    return before


def signed_over_there(county, one, two):
    case = begin(one, "两人两机的一份信息")
    until("a draft begun on one machine shows on the other", lambda: state(two, case) == "draft", 60)
    check("... word for word", draft(two, case)["body"] == draft(one, case)["body"])
    expect("it is edited there", 0, two, "report", "edit", case, "--title", "张三改过的标题")
    until("and seen at the first", lambda: draft(one, case).get("title") == "张三改过的标题", 60)
    expect("submitted by who begun it", 0, one, "report", "submit", case)
    until("it is in review on both", lambda: state(two, case) == "in_review", 60)
    expect("returned on the other with a note", 0, two, "report", "return", case, "--note", "补充里程")
    until("and is back", lambda: state(one, case) == "returned" and draft(one, case)["note"] == "补充里程", 60)
    expect("submitted again", 0, one, "report", "submit", case)
    until("and there again", lambda: state(two, case) == "in_review", 60)
    check("... with the drafter's signature", [s["officer"] for s in draft(two, case)["signatures"]] == ["王芳"], draft(two, case))
    expect("signed on the other", 0, two, "report", "sign", case)
    until("the county has it", lambda: case in cases(county), 60)
    until("and it is a draft nowhere", lambda: not draft(one, case) and state(one, case) in ("delivered", "opened"), 60)
    signatures = show(county, case)["records"][0]["signatures"]
    check("... by both, each on a machine of its own", sorted((s["officer"], s["valid"]) for s in signatures) == [("张三", True), ("王芳", True)], signatures)


def apart(one, two, ports, running):
    """The first machine is off the line; both are written on."""
    both, merged, gone, kept = (begin(one, t) for t in ("两边都改标题", "各改各的", "要删的", "删了又要的"))
    for c in (both, merged, gone, kept):
        until("all are on both", lambda: c in cases(two), 60)
    stop(running["one"])
    expect("one title here", 0, one, "report", "edit", both, "--title", "一号机的标题")
    expect("another there", 0, two, "report", "edit", both, "--title", "二号机的标题")
    expect("a title here", 0, one, "report", "edit", merged, "--title", "只有标题改了")
    body = text()
    expect("a text there", 0, two, "report", "edit", merged, "--body-file", body)
    expect("one is deleted", 0, one, "report", "withdraw", gone, "--reason", "不要了")
    expect("so is another", 0, one, "report", "withdraw", kept, "--reason", "不要了")
    expect("that is still wanted there", 0, two, "report", "edit", kept, "--title", "还要用的")
    running["one"] = serve(one, "--sync", f"127.0.0.1:{ports[1]}")
    for home in (one, two):
        until("both texts stand, and it shows", lambda: draft(home, both).get("disputed") == ["title"], 90)
        titles = sorted(v["title"] for v in draft(home, both)["versions"])
        check("... nobody's words are lost", titles == ["一号机的标题", "二号机的标题"], titles)
        until("what was changed in different places is together", lambda: draft(home, merged).get("title") == "只有标题改了" and draft(home, merged).get("body") == open(body).read().strip(), 60)
        check("... undisputed", draft(home, merged)["disputed"] == [], draft(home, merged))
        until("what was deleted is gone", lambda: gone not in cases(home), 60)
        until("but what was still wanted", lambda: draft(home, kept).get("title") == "还要用的", 60)
    said = expect("a disputed draft goes nowhere", 65, two, "report", "submit", both)
    check("... and says why", said.get("code") == "draft.disputed", said)
    code, seen = page(one, "report", "show", both)
    check("a person sees both", code == 0 and "一号机的标题" in seen and "二号机的标题" in seen and "--take" in seen, seen)
    version = next(v["version"] for v in draft(one, both)["versions"] if v["title"] == "二号机的标题")
    expect("and takes one", 0, one, "report", "edit", both, "--take", version[:8])
    for home in (one, two):
        until("it is settled on both", lambda: draft(home, both).get("disputed") == [] and draft(home, both)["title"] == "二号机的标题", 60)


def files(county, one, two):
    content = bytes(range(256)) * 700
    with open(path("照片.jpg"), "wb") as f:
        f.write(content)
    case = begin(one, "带照片的信息", "--attach", path("照片.jpg"))
    until("it is on the other machine", lambda: case in cases(two), 60)
    expect("submitted here", 0, one, "report", "submit", case)
    until("... in review there", lambda: state(two, case) == "in_review", 60)
    expect("signed there", 0, two, "report", "sign", case)
    for home in (county, one, two):
        until("the file is whole everywhere", lambda: [a["complete"] for a in show(home, case).get("attachments", [])] == [True], 120)
        out = path("out")
        if os.path.exists(out):
            os.remove(out)
        expect("and is read", 0, home, "report", "show", case, "--attachment", "照片.jpg", "--out", out)
        check("... byte for byte", open(out, "rb").read() == content)


def main():
    ports = free_ports(3)
    county, one, k = founded(ports)
    two = path("two")
    running = {"county": k, "one": serve(one, "--sync", f"127.0.0.1:{ports[1]}")}
    before = joined(county, one, two, ports, running)
    signed_over_there(county, one, two)
    apart(one, two, ports, running)
    files(county, one, two)
    check("the county never saw a draft", before not in cases(county))
    for home in (county, one, two):
        said = expect("verify", 0, home, "verify", "--all")
        check("... is good", said.get("ok") is True, said)
        check("nothing was refused", not {"frame.refused", "identity.refused", "copy.failed", "held.back"} & alarms(home), alarms(home))


if __name__ == "__main__":
    finish(main)
