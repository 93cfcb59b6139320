"""Photos and a voice note for the reports of the week, drawn by this file: no picture of anybody or anything is in it."""
import io
import math
import random
import struct
import wave
import zlib


def png(width, height, rows):
    """rows: for each line width*3 bytes."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + r for r in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b"")


def hills(seed, width):
    """The line of a ridge: a few waves."""
    r = random.Random(seed)
    waves = [(r.uniform(4, 22), r.uniform(0.006, 0.03), r.uniform(0, 6)) for _ in range(4)]
    base = r.uniform(70, 100)
    return [base + sum(a * math.sin(f * x + p) for a, f, p in waves) for x in range(width)]


def scene(name, kind):
    """A landscape of few colours: sky, two ridges, ground; and what `kind` says lies in it."""
    width, height, part = 360, 240, 1.5  # thought of in these points, drawn in two thirds of them
    r = random.Random(name)
    far, near = hills(name + "far", width), hills(name + "near", width)
    sky = {"night": (28, 34, 52), "smoke": (150, 142, 134), "snow": (206, 212, 220)}.get(kind, (168, 196, 222))
    ground = {"snow": (232, 236, 240), "night": (38, 42, 40), "field": (120, 150, 74)}.get(kind, (124, 112, 86))
    slide = r.randint(120, 220)
    rows = []
    for line in range(int(height / part)):
        y, row = line * part, bytearray()
        for x in range(0, width * 2, 3):
            x //= 2
            if y < far[x]:
                c = tuple(min(255, v + int(y) // 8) for v in sky)
            elif y < near[x] + 35:
                c = (96, 116, 104) if kind != "snow" else (190, 198, 204)
            else:
                c = ground
            if kind == "slide" and abs(x - slide) < (y - 60) * 0.45 and y > 74:
                c = (146, 110, 74)
            if kind == "water" and y > 160 + 6 * math.sin(x / 23):
                c = (92, 120, 140)
            if kind == "road" and abs(x - width / 2) < (y - 120) * 0.6 and y > 130:
                c = (96, 96, 98)
            if kind == "smoke" and (x - slide) ** 2 / 2 + (y - 90) ** 2 < 2600 + 900 * math.sin(x / 7):
                c = (74, 70, 68)
            if kind == "pipe" and 150 < y < 178:
                c = (int(70 + (y - 150) * 4),) * 3
            if kind == "house" and 110 < x < 250 and 110 < y < 200:
                c = (178, 84, 62) if y < 132 else (214, 206, 190)
            grain = r.randint(-7, 7)  # as of a telephone at dusk
            row += bytes(max(0, min(255, v + grain)) for v in c)
        rows.append(bytes(row))
    return png(int(width / part), int(height / part), rows)


def voice(name, seconds=2):
    """A note as a telephone would record it: 8 kHz, one channel. It hums; nobody speaks."""
    r = random.Random(name)
    out = io.BytesIO()
    with wave.open(out, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(1)
        w.setframerate(8000)
        pitch = r.uniform(110, 190)
        w.writeframes(bytes(int(128 + 60 * math.sin(2 * math.pi * pitch * t / 8000) * abs(math.sin(t / 900))) for t in range(8000 * seconds)))
    return out.getvalue()
