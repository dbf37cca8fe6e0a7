#!/usr/bin/env python3
"""Prints reference values for WhisperFeaturesTests: the log-mel features of a known signal, by definition (a sum per bin, no fast
transform, no third-party package). Run: python3 whisper-features-reference.py"""
import cmath, math

RATE, SAMPLES = 16000, 128000


def signal(n):
    # A tone that glides and fades in and out over noise, as 16-bit samples; shared with the test.
    result, seed = [], 12345
    for i in range(n):
        seed = (1103515245 * seed + 12345) % 2147483648
        tone = 9000 * math.sin(2 * math.pi * (200 + 900 * i / n) * i / RATE) * math.sin(math.pi * i / n)
        result.append(int(tone) + (seed >> 16) % 401 - 200)
    return result


def features(pcm):
    x = [0.0] * (SAMPLES - len(pcm)) + [s / 32768 for s in pcm]
    mean = sum(x) / SAMPLES
    std = math.sqrt(sum((v - mean) ** 2 for v in x) / SAMPLES + 1e-7)
    x = [(v - mean) / std for v in x]
    x = x[200:0:-1] + x + x[-2:-202:-1]
    window = [0.5 - 0.5 * math.cos(2 * math.pi * i / 400) for i in range(400)]
    table = [cmath.exp(-2j * math.pi * i / 400) for i in range(400)]

    def mel(f):
        return 3 * f / 200 if f < 1000 else 15 + math.log(f / 1000) * 27 / math.log(6.4)

    def hertz(m):
        return 200 * m / 3 if m < 15 else 1000 * math.exp((m - 15) * math.log(6.4) / 27)

    edges = [hertz(mel(8000) * i / 81) for i in range(82)]
    result, cache = {}, {}
    frames = sorted({f for _, f in WANTED} | set(range(0, 800)))
    for frame in frames:
        part = tuple(x[frame * 160:frame * 160 + 400])
        if part in cache:
            power = cache[part]
        else:
            w = [a * b for a, b in zip(part, window)]
            power = [abs(sum(w[n] * table[k * n % 400] for n in range(400))) ** 2 for k in range(201)]
            cache[part] = power
        for band in range(80):
            low, mid, high = edges[band:band + 3]
            total = sum(max(0.0, min((40 * k - low) / (mid - low), (high - 40 * k) / (high - mid))) * 2 / (high - low) * power[k] for k in range(201))
            result[band, frame] = math.log10(max(total, 1e-10))
    return result


def main():
    for seconds in (3, 8):
        values = features(signal(int(seconds * RATE)))
        # The test's signal is loudest in the middle of its own length: the maximum is among these frames.
        most = max(values.values())
        print(seconds, "maximum", most)
        for band, frame in WANTED:
            print(f"        [InlineData({seconds}, {band}, {frame}, {(max(values[band, frame], most - 8) + 4) / 4:.5f})]")


WANTED = [(0, 0), (5, 520), (10, 600), (20, 650), (33, 640), (40, 400), (60, 700), (79, 799), (12, 660), (25, 780)]
main()
