#!/usr/bin/env python3
"""An office without any line goes over to another superior, as real processes: its request and the answer travel as
files, what follows as bundles. A registration with a line superior too."""
from lib_offices import *


def stick(writer, code, reader):
    name = path(f"stick-{time.time_ns()}")
    expect(f"{os.path.basename(writer)} writes a stick", 0, writer, "bundle", "export", "--to", code, name)
    got, said = run(reader, "bundle", "import", name)
    check(f"{os.path.basename(reader)} reads it", got == 0, said)
    return said


def founded(ports):
    city, east, west, town = (path(n) for n in ("city", "east", "west", "town"))
    expect("the city", 0, city, "init", "--code", "370700", "--name", "潍河市", "--level", "city", "--officer", "赵刚", "--root")
    lines = [invite(city, code, name, "county", ports[0]) for code, name in (("370783", "青山县"), ("370784", "安山县"))]
    p = serve(city, "--sync", f"127.0.0.1:{ports[0]}")
    for home, line, who in ((east, lines[0], "李明"), (west, lines[1], "孙立")):
        expect(f"{who}'s county joins", 0, home, "join", line, "--officer", who)
    # The township has never had a line: it joins by file too.
    line = expect("the township is invited", 0, east, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township")["invitation"]
    expect("its request", 0, town, "join", line, "--officer", "王芳", "--request", path("join.request"))
    expect("is admitted", 0, east, "admit", path("join.request"), "--answer", path("join.answer"))
    said = expect("the answer", 0, town, "join", "--answer", path("join.answer"))
    check("... a member", said.get("state") == "ready", said)
    return city, east, west, town, p


def moves(city, east, west, town):
    first = report(town)[1]["case"]
    stick(town, "370783", east)
    check("the old county has the first report", first in cases(east))
    held = report(town)[1]["case"]  # not carried there before the move
    line = expect("the new county invites", 0, west, "invite", "--code", "370784105", "--name", "柳河镇", "--level", "township", "--move")["invitation"]
    expect("no answer waits for anything yet", 66, town, "office", "move", "--answer", path("join.answer"))
    expect("neither invitation nor answer", 2, town, "office", "move")
    expect("request and answer at once", 2, town, "office", "move", line, "--request", path("a"), "--answer", path("b"))
    said = expect("the request goes to a file", 0, town, "office", "move", line, "--request", path("move.request"))
    check("... and nothing has changed yet", said.get("state") == "moving" and said.get("office") == "370783105", said)
    ups = {s["office"]: (s["kind"], s["state"]) for s in run(town, "superior", "list")[1]["superiors"]}
    check("... as the list of superiors shows", ups == {"370783": ("superior", "ready"), "370784": ("superior", "joining")}, ups)
    expect("the wish can be taken back", 0, town, "superior", "remove", "370784")
    expect("... and made again", 0, town, "office", "move", line, "--request", path("move.request"))
    expect("the old county does not admit it", 76, east, "admit", path("move.request"), "--answer", path("x"))
    expect("the new county admits it", 0, west, "admit", path("move.request"), "--answer", path("move.answer"))
    again = expect("... twice: the same answer", 0, west, "admit", path("move.request"), "--answer", path("move.answer"))
    check("... for the township", again.get("office", "370784105") in ("370784105", ""), again)
    bent = bytearray(open(path("move.answer"), "rb").read())
    bent[-40] ^= 1
    with open(path("bent"), "wb") as f:
        f.write(bent)
    code, said = run(town, "office", "move", "--answer", path("bent"))
    check("a bent answer is refused", code == 76, (code, said))
    expect("it is no answer to superior add", 66, town, "superior", "add", "--answer", path("move.answer"))
    said = expect("the answer comes back", 0, town, "office", "move", "--answer", path("move.answer"))
    check("... it lies below the new county", said.get("state") == "ready" and said.get("office") == "370784105" and said.get("superior") == "370784", said)
    expect("twice is refused", 66, town, "office", "move", "--answer", path("move.answer"))
    ups = {s["office"]: s["kind"] for s in run(town, "superior", "list")[1]["superiors"]}
    check("its superior is the new one alone", ups.get("370784") == "superior" and "370783" not in ups, ups)
    new = report(town)[1]["case"]
    stick(town, "370784", west)
    check("it reports to the new county by stick", new in cases(west) and cases(west)[new]["verified"], cases(west))
    stick(west, "370784105", town)
    until("... and hears of it", lambda: cases(town)[new]["state"] in ("delivered", "opened"))
    # What was written for the old county goes by the new one and the city.
    for h in (west, east, west, east):
        run(h, "sync")
    until("what waited for the old county has arrived there", lambda: [run(h, "sync") for h in (west, east)] and held in cases(east))
    offices = {o["office"]: o["state"] for o in run(east, "office", "list")[1]["offices"]}
    check("the old county shows it as moved", offices.get("370784105") == "moved", offices)
    offices = {o["office"]: o["state"] for o in run(west, "office", "list")[1]["offices"]}
    check("the new county has it below", offices.get("370784105") == "below", offices)


def registers(city, west, town):
    """A line superior without a line."""
    line = expect("the city registers it", 0, city, "invite", "--code", "370784105", "--name", "柳河镇", "--level", "township", "--line")["invitation"]
    said = expect("the request", 0, town, "superior", "add", line, "--line", "--request", path("reg.request"))
    check("... waits", said.get("state") == "joining", said)
    expect("is admitted", 0, city, "admit", path("reg.request"), "--answer", path("reg.answer"))
    said = expect("the answer", 0, town, "superior", "add", "--answer", path("reg.answer"))
    check("... registered", said.get("state") == "ready" and said.get("office") == "370700", said)
    stick(town, "370784", west)
    lines = {o["office"]: [l["office"] for l in o["line_superiors"]] for o in run(west, "office", "list")[1]["offices"]}
    check("its own county learns of it by stick", lines.get("370784105") == ["370700"], lines)
    case = report(town, "--to", "370700")[1]["case"]
    stick(town, "370700", city)
    check("a report to the line superior by stick", case in cases(city), cases(city))


def main():
    ports = free_ports(1)
    city, east, west, town, p = founded(ports)
    moves(city, east, west, town)
    stop(p)
    registers(city, west, town)
    for h in (city, east, west, town):
        said = expect("verify", 0, h, "verify", "--all")
        check("... is good", said.get("ok") is True, said)
    bad = {"identity.refused", "office.disputed", "held.back", "gap", "registry.differs", "frame.refused"}
    for h in (city, east, west, town):
        check("nobody is accused", not alarms(h) & bad, alarms(h))


if __name__ == "__main__":
    finish(main)
