#!/usr/bin/env python3
"""A report passed on (转报) as real processes: a township, its county and their city. The county's edition and the
township's own text reach the city as layers; a correction that comes late is offered at both ends; evidence holds."""
from lib_offices import *

TEXT = "2025年10月，柳河镇甲子沟村完成3次道路巡查，里程12公里，发现坑槽7处，已全部修补。"
EDITED = TEXT + "\n县交通局已派人复核，情况属实。"


def offices():
    city, county, town = (path(n) for n in ("city", "county", "town"))
    above, below = free_ports(2)
    expect("the city", 0, city, "init", "--code", "3707", "--name", "潍安市", "--level", "city", "--officer", "周大河", "--root")
    line = expect("the county is invited", 0, city, "invite", "--code", "370783", "--name", "青山县", "--level", "county", "--url", f"http://127.0.0.1:{above}")
    serve(city, "--sync", f"127.0.0.1:{above}")
    expect("the county joins", 0, county, "join", line["invitation"], "--officer", "李明")
    line = expect("the township is invited", 0, county, "invite", "--code", "370783105", "--name", "柳河镇", "--level", "township", "--url", f"http://127.0.0.1:{below}")
    serve(county, "--sync", f"127.0.0.1:{below}")
    expect("the township joins", 0, town, "join", line["invitation"], "--officer", "王芳")
    return city, county, town


def passed_on(city, county, town):
    said = expect("the township reports", 0, town, "report", "new", "--kind", "brief", "--lane", "urgent", "--title", "甲子沟村道路巡查", "--body-file", write("body", TEXT), "--send")
    case = said["case"]
    expect("... to the county", 0, town, "sync")
    check("its own report is not the township's to pass on", run(town, "forward", case)[0] == 77)
    check("a report that nobody has is not passed on", run(county, "forward", "aaaaaaaa")[0] == 66)
    check("never less urgently", run(county, "forward", case, "--lane", "routine")[0] == 65)
    said = expect("the county passes it on, edited", 0, county, "forward", case, "--edit-file", write("edit", EDITED), "--note", "已复核")
    check("... and says so", said.get("state") == "forwarded", said)
    expect("... to the city", 0, county, "sync")
    there = show(city, case)
    layers = there.get("layers", [])
    check("the city has both layers", [l["office"] for l in layers] == ["370783105", "370783"], layers)
    check("... the township's text", layers[0]["body"] == TEXT and layers[0]["signatures"][0]["valid"], layers[:1])
    check("... the county's edition and note", layers[1]["body"] == EDITED and layers[1]["note"] == "已复核" and layers[1]["by"] == "李明", layers[1:])
    check("... and what it changed", layers[1]["places"] == 1 and layers[1]["changed"][0]["passages"] == [{"paragraph": 2, "before": "", "after": EDITED.split("\n")[1]}], layers[1:])
    check("the case is the township's, verified", there["office"] == "370783105" and there["verified"] and there["state"] == "received", there)
    check("the original is known from the forward only", [r["flags"] for r in there["records"] if r["type"] == "report"][0].count("nested") == 1, there["records"])
    expect("the township hears of it", 0, town, "sync")
    check("... as forwarded", show(town, case)["state"] == "forwarded", show(town, case)["state"])
    code, read = page(city, "report", "show", case)
    check("the page shows the layers", code == 0 and "layer by layer" in read and "places changed: 1" in read and "已复核" in read, read)
    return case


def corrected(city, county, town, case):
    expect("the township corrects it", 0, town, "report", "correct", case, "--title", "甲子沟、乙丑沟村道路巡查", "--reason", "漏报一村", "--send")
    expect("the county passes the old one on once more, unchanged", 0, county, "forward", case)
    expect("the correction comes after that", 0, town, "sync")
    here = show(county, case)
    check("the county's forward is marked", here["forwards"][-1]["on_older_version"] and "older_version" in here["flags"], here.get("forwards"))
    check("... and the newer text offered", here["forwards"][-1]["newest"]["title"] == "甲子沟、乙丑沟村道路巡查", here["forwards"][-1]["newest"])
    expect("it is passed on too", 0, county, "forward", case)
    expect("the city hears of all", 0, county, "sync")
    there = show(city, case)
    check("the city sees the same mark", [f["on_older_version"] for f in there["forwards"]] == [False, True, False] and "older_version" in there["flags"], there.get("forwards"))
    check("... and the newest text unchanged", there["layers"][0]["title"] == "甲子沟、乙丑沟村道路巡查" and there["layers"][1]["unchanged"], there["layers"])
    check("no record is doubled", len({r["record"] for r in there["records"]}) == len(there["records"]) == 5, len(there["records"]))


def evidence(city, county, town, case):
    file = path("case.evidence")
    expect("the city writes evidence", 0, city, "evidence", case, file)
    said = expect("it holds", 0, city, "evidence", "check", file)
    check("... with every layer", said.get("layers") == 3 and said.get("ok") is True, said)
    data = open(file, "rb").read()
    at = data.rfind("甲子沟村道路巡查".encode())
    with open(path("spoilt"), "wb") as f:
        f.write(data[:at] + b"\xe4" + data[at + 1:])
    check("a changed layer is found", run(city, "evidence", "check", path("spoilt"))[0] == 76)
    for home in (city, county, town):
        check("everything verifies", run(home, "verify", "--all")[1].get("ok") is True, run(home, "verify", "--all"))


def main():
    homes = offices()
    case = passed_on(*homes)
    corrected(*homes, case)
    evidence(*homes, case)


if __name__ == "__main__":
    finish(main)
