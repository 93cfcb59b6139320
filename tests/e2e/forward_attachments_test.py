#!/usr/bin/env python3
"""Attachments of what is passed on, as real processes on four levels: township, county, city, province. The very bytes
that the township signed come out at every level, whatever line is cut, by a stick too; what stays behind is seen."""
import random

from lib_offices import *

dice = random.Random(11)
TEXT = "2025年10月，柳河镇组织灾情核查，现场图件随文报送，请审阅。"


def founded(ports):
    province, city, county, town = homes = [path(n) for n in ("province", "city", "county", "town")]
    expect("the province", 0, province, "init", "--code", "370000", "--name", "东山省", "--level", "province", "--officer", "赵海", "--root")
    nodes = {}
    for i, (above, code, name, level, officer) in enumerate([(province, "370700", "潍安市", "city", "周大河"), (city, "370783", "青山县", "county", "李明"), (county, "370783105", "柳河镇", "township", "王芳")]):
        line = invite(above, code, name, level, ports[i])
        nodes[above] = serve(above, "--sync", f"127.0.0.1:{ports[i]}")
        expect(f"{name} joins", 0, homes[i + 1], "join", line, "--officer", officer)
    return homes, nodes


def reported(town, *sizes, title="柳河镇灾情图件"):
    """A report with so many attachments: its case, and what they hold."""
    files, words = {}, []
    for i, size in enumerate(sizes):
        name = f"现场{i + 1}.jpg"
        files[name] = dice.randbytes(size)
        with open(path(name), "wb") as f:
            f.write(files[name])
        words += ["--attach", path(name)]
    said = expect("a report with attachments", 0, town, "report", "new", "--kind", "brief", "--lane", "urgent", "--title", title, "--body-file", write("body", TEXT), *words, "--send")
    return said["case"], files


def attachments(home, case):
    return show(home, case).get("attachments", [])


def states(home, case):
    return sorted(a["state"] for a in attachments(home, case))


def taken_out(home, case, name):
    out = path("out")
    if os.path.exists(out):
        os.remove(out)
    code, _ = run(home, "report", "show", case, "--attachment", name, "--out", out)
    return open(out, "rb").read() if code == 0 else code


def all_the_same(what, home, case, files):
    until(f"{what}: all are whole", lambda: states(home, case) == ["whole"] * len(files))
    for a in attachments(home, case):
        check(f"{what}: {a['name']} is what the township attached", taken_out(home, case, a["name"]) == files[a["name"]], a)
        check("... and from the township", a["office"] == "370783105", a)
        check("... by its id too", taken_out(home, case, a["id"]) == files[a["name"]], a)


def two_steps(province, city, county, town):
    case, files = reported(town, 400_000, 20)
    expect("... to the county", 0, town, "sync")
    until("the county has all of it", lambda: states(county, case) == ["whole"] * 2)
    expect("the county passes it on, edited", 0, county, "forward", case, "--edit-file", write("edit", TEXT + "\n县里已复核。"), "--note", "已复核")
    expect("... to the city", 0, county, "sync")
    all_the_same("at the city", city, case, files)
    check("by way of the county", {a["handed_on_by"] for a in attachments(city, case)} == {"370783"}, attachments(city, case))
    read = page(city, "report", "show", case)[1]
    check("the page says whose they are", "from 柳河镇" in read and "handed on by 青山县" in read and "not forwarded" not in read, read)
    expect("the city passes it on to the province", 0, city, "forward", case)
    expect("... and sends it", 0, city, "sync")
    all_the_same("at the province", province, case, files)
    check("by way of the city", {a["handed_on_by"] for a in attachments(province, case)} == {"370700"}, attachments(province, case))
    layers = show(province, case)["layers"]
    check("three layers, nothing left out", [l.get("attachments", {}).get("left_out") for l in layers] == [None, 0, 0], layers)
    file = path("attachments.evidence")
    expect("the province writes evidence", 0, province, "evidence", case, file)
    said = expect("it holds", 0, province, "evidence", "check", file)
    check("... and covers the attachments' manifests", said.get("attachments") == 2 and not said.get("forged"), said)
    data = open(file, "rb").read()
    at = data.find("现场1.jpg".encode(), data.find(b"YZR1"))
    with open(path("spoilt"), "wb") as f:
        f.write(data[:at] + b"\xe5" + data[at + 1:])
    check("a changed manifest is found", run(province, "evidence", "check", path("spoilt"))[0] == 76)


def left_out(city, county, town):
    case, files = reported(town, 30_000, 40, 50)
    expect("... to the county", 0, town, "sync")
    check("what is not attached cannot go along", run(county, "forward", case, "--attachment", "别的.jpg")[0] == 66)
    check("one or none, not both", run(county, "forward", case, "--attachment", "现场2.jpg", "--without-attachments")[0] == 2)
    until("the county has all of it", lambda: states(county, case) == ["whole"] * 3)
    expect("one of three goes along", 0, county, "forward", case, "--attachment", "现场2.jpg")
    expect("... to the city", 0, county, "sync")
    until("the city sees which", lambda: states(city, case) == ["left_out", "left_out", "whole"])
    read = page(city, "report", "show", case)[1]
    check("the page says how many stayed behind", "2 of 3 attachments were not forwarded" in read and "was not forwarded by 青山县" in read, read)
    check("what stayed behind is not taken out", taken_out(city, case, "现场1.jpg") == 66)
    check("the one that went is", taken_out(city, case, "现场2.jpg") == files["现场2.jpg"])
    expect("the others follow", 0, county, "forward", case, "--attachments-only")
    expect("... to the city", 0, county, "sync")
    all_the_same("after that", city, case, files)
    check("nothing more can follow", run(county, "forward", case, "--attachments-only")[0] == 66)


def cut(city, county, town, nodes, port):
    """The forward is made while nothing of the attachment is at the county, and each line breaks off in the middle."""
    case, files = reported(town, 6_000_000)
    stop(nodes.pop(city))
    syncing = subprocess.Popen([YIZHAN, "--home", town, "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    until("the text is at the county", lambda: states(county, case) in (["coming"], ["whole"]))
    syncing.kill()
    syncing.wait()
    expect("it is passed on all the same", 0, county, "forward", case)
    nodes[city] = serve(city, "--sync", f"127.0.0.1:{port}")
    until("the text is at the city", lambda: run(county, "sync")[0] in (0, 69) and case in cases(city))
    until("the rest comes to the county", lambda: run(town, "sync")[0] == 0 and states(county, case) == ["whole"])
    syncing = subprocess.Popen([YIZHAN, "--home", county, "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    time.sleep(0.3)
    nodes[city].kill()
    nodes[city].wait()
    children.remove(nodes.pop(city))
    syncing.wait()
    nodes[city] = serve(city, "--sync", f"127.0.0.1:{port}")
    until("and goes on to the city", lambda: run(county, "sync")[0] in (0, 69) and states(city, case) == ["whole"], 60)
    all_the_same("whatever was cut", city, case, files)


def by_stick(city, county, town, nodes, port):
    case, files = reported(town, 700_000)
    expect("... to the county", 0, town, "sync")
    until("the county has all of it", lambda: states(county, case) == ["whole"])
    stop(nodes.pop(city))
    expect("passed on with the line down", 0, county, "forward", case)
    said = expect("onto a stick", 0, county, "bundle", "export", "--to", "370700", path("up.yzb"))
    check("... with the attachment's pieces", said["frames"]["bulk"] >= 22, said)
    expect("read at the city", 0, city, "bundle", "import", path("up.yzb"))
    all_the_same("by stick", city, case, files)
    nodes[city] = serve(city, "--sync", f"127.0.0.1:{port}")
    until("the county hears of it", lambda: run(county, "sync")[0] in (0, 69) and run(county, "status")[1]["lanes"]["bulk"]["waiting"] == 0)


def put_together(city, county, town):
    one, files = reported(town, 3000, title="柳河镇图件一")
    two, more = reported(town, 4000, title="柳河镇图件二")
    expect("... to the county", 0, town, "sync")
    until("the county has both", lambda: states(county, one) == states(county, two) == ["whole"])
    said = expect("the county puts them together", 0, county, "report", "merge", one, two, "--title", "两件图件综合", "--body-file", write("body", TEXT), "--send")
    expect("... for the city", 0, county, "sync")
    until("the city has both pictures", lambda: states(city, said["case"]) == ["whole", "whole"])
    there = attachments(city, said["case"])
    check("each by its id, for they have one name", sorted(taken_out(city, said["case"], a["id"]) for a in there) == sorted([files["现场1.jpg"], more["现场1.jpg"]]), there)
    check("from the township, by way of the county", {(a["office"], a["handed_on_by"]) for a in there} == {("370783105", "370783")}, there)


def main():
    ports = free_ports(3)
    (province, city, county, town), nodes = founded(ports)
    two_steps(province, city, county, town)
    left_out(city, county, town)
    cut(city, county, town, nodes, ports[1])
    by_stick(city, county, town, nodes, ports[1])
    put_together(city, county, town)
    for home in (province, city, county, town):
        check("everything verifies", run(home, "verify", "--all")[1].get("ok") is True, run(home, "verify", "--all"))
        check("nobody is accused", "attachment.forged" not in alarms(home), alarms(home))


if __name__ == "__main__":
    finish(main)
