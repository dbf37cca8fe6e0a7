#!/usr/bin/env python3
"""Trains src/AgentGateway.Conversation/TurnTaking/Data/sentence-ends-en.bin: how likely a caller who paused after some words
has finished. A logistic regression on hashed features of the last words, 65,536 weights of one byte.

Usage: sentence_ends.py FOLDER OUT
FOLDER holds tm3_*.json and tm4_*.json (Taskmaster-3 reward files and Taskmaster-4 dialogues, Google LLC, CC BY 4.0) and
*.txt (Project Gutenberg 1661 and 1342, public domain). The features must be those of SentenceEnds.cs. No dependencies.
"""
import glob, json, math, random, re, struct, sys
from collections import Counter

BITS, L2, EPOCHS = 16, 3e-4, 4
SIZE = 1 << BITS
FINITE = set("""is are was were am be been have has had do does did can could would should will may might must want need like love get go
going went know think said see saw make made take took give gave come came tell let says wants needs looking trying i'd i'm i'll i've it's
that's what's there's he's she's you're we're they're don't didn't doesn't can't won't isn't ordered prefer order book call called hope use
used works work please show find add change cancel""".split())
FUNCTION = set("""the a an this that these those my your his her its our their i you he she it we they me him us them who what which where
when why how and or but so if because as than to of in on at by for from with about into over after before is are was were am be been have
has had do does did can could would should will may might must not no yes please there here up out off down all some any more very just too
also then now thanks okay""".split())
NUMBERS = set("""zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty hundred""".split())
SUFFIXES = ("ing", "ed", "ly", "tion", "ness", "ment", "ous", "ful", "able", "er", "est", "al", "ic", "y", "s")


def words(text):
    found = [x.strip('.,;:!?"\'()[]…-–—*_') for x in text.lower().replace("’", "'").split()]
    return [x for x in found if x and re.search("[a-z0-9]", x)]


def sentences(text):
    text = re.sub(r"\b(mr|mrs|dr|st|ms)\.", r"\1", text, flags=re.I)
    return re.split(r'(?<=[.!?])["\']?\s+', text)


def hashed(text):
    h = 0x811C9DC5
    for b in text.encode():
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return (h ^ (h >> 15)) & (SIZE - 1)


def bucket(n):
    return n if n <= 4 else 5 if n <= 6 else 6 if n <= 9 else 7 if n <= 14 else 8


def kind(word):
    if word in FUNCTION or word == "^":
        return word
    if word in NUMBERS or any(c.isdigit() for c in word):
        return "#"
    for suffix in SUFFIXES:
        if len(word) > len(suffix) + 2 and word.endswith(suffix):
            return "-" + suffix
    return "~v" if word in FINITE else "~"


def features(w):
    n = len(w)
    at = lambda k: w[n - k] if n >= k else "^"
    l1, l2, l3 = at(1), at(2), at(3)
    s1, s2, b = l1[-3:], l2[-3:], str(bucket(n))
    first, second = w[0], w[1] if n > 1 else "^"
    finite = sum(x in FINITE for x in w)
    last = min(next((k for k in range(1, n + 1) if w[n - k] in FINITE), 9), 6)
    k1, k2, k3, k4 = kind(l1), kind(l2), kind(l3), kind(at(4))
    return [hashed(x) for x in (
        "a" + l1, "b" + l2 + " " + l1, "c" + l2, "d" + s1, "e" + b, "f" + first + b, "g" + l3 + " " + l2 + " " + l1, "h" + s2 + " " + s1,
        "i" + str(min(finite, 3)) + b, "j" + first + " " + second + " " + b, "k" + str(last) + " " + l1, "l" + first + " " + l1,
        "m" + l3 + " " + l1, "n" + str(last) + s1 + str(min(finite, 2)), "o" + k2 + " " + k1, "p" + k3 + " " + k2 + " " + k1,
        "q" + k4 + " " + k3 + " " + k2 + " " + k1, "r" + k1 + b, "s" + kind(first) + " " + k1 + b, "t" + k2 + " " + l1, "u" + l2 + " " + k1)]


def examples(text, weight, out):
    """Every end of a sentence is an end; some of the places inside are none."""
    held = random.random() < 0.1
    so_far = []
    for sentence in filter(None, (words(s) for s in sentences(text))):
        before = [] if random.random() < 0.5 else so_far
        so_far = so_far + sentence
        out.append(((before + sentence)[-24:], 1, weight, held))
        inside = range(1, len(sentence))
        for i in random.sample(inside, min(2 if len(sentence) < 8 else 3, len(inside))):
            out.append(((before + sentence[:i])[-24:], 0, weight, held))


def main(folder, target):
    random.seed(7)
    turns = set()
    for path in glob.glob(folder + "/tm4_*.json"):
        turns.update(u["text"] for c in json.load(open(path)) for u in c["utterances"])
    for path in glob.glob(folder + "/tm3_*.json"):
        for c in json.load(open(path)):
            try:
                turns.update(u["text"] for u in json.loads(c["context"]) if "text" in u)
            except ValueError:
                pass
    data = []
    for text in sorted(t for t in turns if len(t) < 300):
        examples(text, 1.0, data)
    for path in sorted(glob.glob(folder + "/*.txt")):
        text = open(path, encoding="utf-8", errors="replace").read()
        text = text[text.index("*** START"):text.rindex("*** END")]
        for paragraph in re.split(r"\n\s*\n", text):
            for sentence in sentences(" ".join(paragraph.split())):
                examples(sentence, 0.6, data)

    balance = sum(d[2] for d in data if d[1]) / sum(d[2] for d in data if not d[1])
    train = [(features(w), y, weight * (1 if y else balance)) for w, y, weight, held in data if not held]
    count = Counter(i for f, _, _ in train for i in f)
    train = [([i for i in f if count[i] >= 2], y, weight) for f, y, weight in train]
    weights, squares, bias = [0.0] * SIZE, [1e-6] * SIZE, 0.0
    for _ in range(EPOCHS):
        random.shuffle(train)
        for f, y, weight in train:
            z = bias + sum(weights[i] for i in f)
            e = (1 / (1 + math.exp(-max(-30.0, min(30.0, z)))) - y) * weight
            bias -= 0.02 * e
            for i in f:
                g = e + L2 * weights[i]
                squares[i] += g * g
                weights[i] -= 0.1 * g / math.sqrt(max(1, squares[i]))

    scale = max(map(abs, weights)) / 127
    quantised = [round(x / scale) for x in weights]
    probability = lambda w: 1 / (1 + math.exp(-(bias + scale * sum(quantised[i] for i in features(w[-24:])))))
    for name, y, weight in (("dialogue, ends", 1, 1.0), ("dialogue, inside", 0, 1.0), ("books, ends", 1, 0.6), ("books, inside", 0, 0.6)):
        p = [probability(d[0]) for d in data if d[3] and d[1] == y and d[2] == weight]
        print(name, len(p), " ".join(f">={t}: {sum(x >= t for x in p) / len(p):.3f}" for t in (0.15, 0.5, 0.7, 0.85, 0.95)))
    for text in ("what time do you", "what time do you open", "my name is", "my name is john", "i want to reserve a", "where can i park my car", "i'd like to book a table for tomorrow night"):
        print(f"{probability(text.split()):.4f} {text}")
    with open(target, "wb") as out:
        out.write(struct.pack("<ff", scale, bias) + bytes(x & 255 for x in quantised))


main(*sys.argv[1:])
