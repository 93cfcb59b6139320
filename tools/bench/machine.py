"""The two machines and the line between them: namespaces, badlink, processes and what they cost."""
import json
import os
import shutil
import signal
import subprocess
import threading
import time

HUB = "10.79.0.1"  # the hub's one address, first over veth, then over badlink
LINKS = {"b": ["--rate", "256k", "--delay", "75ms", "--loss", "1%"],
         "hop": ["--rate", "2000k", "--delay", "100ms", "--loss", "0.5%"],
         "c": ["--rate", "64k", "--delay", "300ms", "--loss", "5%", "--up", "20s", "--down", "20s"],
         "cuts": ["--rate", "4M", "--delay", "25ms"]}


class Failed(RuntimeError):
    pass


def run(*cmd, check=True, **kw):
    r = subprocess.run([str(c) for c in cmd], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw)
    if check and r.returncode:
        raise Failed(f"{' '.join(map(str, cmd))[:200]}: exit {r.returncode}: {(r.stderr or r.stdout)[-500:]}")
    return r


class Watched:
    """One process: its CPU time with all its threads, and the most memory it held."""

    def __init__(self, cmd, env, out=subprocess.DEVNULL, err=subprocess.DEVNULL):
        self.began = time.monotonic()
        self.process = subprocess.Popen(cmd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.pid, self.peak, self.usage = self.process.pid, 0, None
        threading.Thread(target=self._watch, daemon=True).start()

    def _field(self, name):
        try:
            with open(f"/proc/{self.pid}/status") as f:
                for line in f:
                    if line.startswith(name):
                        return int(line.split()[1]) * 1024
        except OSError:
            pass
        return 0

    def _watch(self):
        while self.process.returncode is None:
            self.peak = max(self.peak, self._field("VmHWM"))
            time.sleep(0.02)

    def forget_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as f:
            f.write("5")
        self.peak = 0

    def rss(self):
        return self._field("VmRSS")

    def cpu(self):
        """Seconds so far, all threads, by the kernel's process clock."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def wait(self):
        _, status, self.usage = os.wait4(self.pid, 0)
        self.wall = time.monotonic() - self.began
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu_seconds = self.usage.ru_utime + self.usage.ru_stime
        return self.process.returncode

    def end(self):
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Net:
    """With root: two namespaces joined by veth, later by badlink. Without: this machine's loopback, nothing shaped."""

    def __init__(self, badlink, work, seed):
        self.root, self.badlink, self.seed = os.geteuid() == 0 and badlink is not None, badlink, seed
        self.stats, self.bad = os.path.join(work, f"link-{os.getpid()}-{time.monotonic_ns()}.json"), None
        self.address = HUB if self.root else "127.0.0.1"
        if not self.root:
            return
        tag = f"yzb{os.getpid()}"
        self.node, self.hub = tag + "n", tag + "h"
        # A namespace may only choose what the host allows.
        allowed = open("/proc/sys/net/ipv4/tcp_allowed_congestion_control").read().split()
        if "cubic" not in allowed:
            run("sysctl", "-qw", "net.ipv4.tcp_allowed_congestion_control=" + " ".join([*allowed, "cubic"]))
        try:
            for ns in (self.node, self.hub):
                run("ip", "netns", "add", ns)
            run("ip", "link", "add", "v0", "netns", self.node, "type", "veth", "peer", "name", "v0", "netns", self.hub)
            for ns, address in ((self.node, "10.78.0.1"), (self.hub, "10.78.0.2")):
                run("ip", "-n", ns, "addr", "add", address + "/24", "dev", "v0")
                run("ip", "-n", ns, "link", "set", "v0", "up")
                run("ip", "-n", ns, "link", "set", "lo", "up")
                run("nsenter", f"--net=/run/netns/{ns}", "sysctl", "-qw", "net.ipv4.tcp_congestion_control=cubic")
            run("ip", "-n", self.hub, "addr", "add", HUB + "/32", "dev", "lo")
            run("ip", "-n", self.node, "route", "add", HUB, "via", "10.78.0.2")
        except Failed:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def inside(self, side, cmd):
        ns = {"node": "node", "hub": "hub"}[side]
        return ["nsenter", f"--net=/run/netns/{getattr(self, ns)}", *cmd] if self.root else cmd

    def shape(self, link):
        """From now on through badlink; nothing goes round it."""
        self.bad = subprocess.Popen([self.badlink, "--a", self.node, "--b", self.hub, "--stats", self.stats,
                                     "--seed", str(self.seed), *LINKS[link]], stdout=subprocess.PIPE)
        if not self.bad.stdout.readline().startswith(b"ready"):
            raise Failed("badlink did not start")
        run("ip", "-n", self.node, "link", "set", "v0", "down")
        run("ip", "-n", self.node, "route", "replace", HUB, "via", "10.77.0.2")

    def plug(self):
        self.bad.send_signal(signal.SIGUSR2)

    def counters(self):
        """(up, down) IP bytes that took air time so far; on veth what the devices counted, less their headers."""
        if not self.root:
            return None
        if self.bad is None:
            s = json.loads(run("ip", "-n", self.hub, "-s", "-j", "link", "show", "v0").stdout)[0]["stats64"]
            return tuple(s[d]["bytes"] - 14 * s[d]["packets"] for d in ("rx", "tx"))
        before = self._read().get("seq", 0)
        self.bad.send_signal(signal.SIGUSR1)
        for _ in range(200):
            time.sleep(0.01)
            s = self._read()
            if s.get("seq", 0) > before:
                return s["a_to_b"]["carried_bytes"], s["b_to_a"]["carried_bytes"]
        raise Failed("badlink gave no counters")

    def _read(self):
        try:
            with open(self.stats) as f:
                return json.load(f)
        except (OSError, ValueError):
            return {}

    def cut_connections(self):
        """So that the next exchange needs a new connection."""
        for ns in (self.node, self.hub):
            run("nsenter", f"--net=/run/netns/{ns}", "ss", "-K", "dst", HUB, check=False)

    def close(self):
        if self.bad:
            self.bad.terminate()
            self.bad.wait()
        if self.root:
            for ns in (self.node, self.hub):
                run("ip", "netns", "del", ns, check=False)
        if os.path.exists(self.stats):
            os.remove(self.stats)


def disk(folder):
    """Bytes of blocks in use."""
    total = 0
    for at, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(at, name)).st_blocks * 512
            except OSError:
                pass
    return total


def copy_home(source, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(source, to, ignore=shutil.ignore_patterns("sock"))
    return to
