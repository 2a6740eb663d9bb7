"""CPU seconds that well-known Python packages take for the work of a bench.

usage: peers.py counts|unique|factorize|sklearn FOLDER, peers.py shuffle FOLDER, or peers.py torch eager

counts: one call of np.unique(), which says how often each of the "distinct" rows occurs; unique, factorize, sklearn:
H(T), H(T|Y) and I(T;Y) of the data in FOLDER (see counting.c), with "distinct" rows and "mutual" bits; shuffle: one
permutation of the labels of rows that have numbers already, and I(T;Y) again; torch: a training epoch of the network of
the study. Prints "NAME SECONDS" first."""
import os
import statistics
import sys
import time

import numpy as np


def entropy(counts):
    counts = counts[counts > 0].astype(np.float64)
    n = counts.sum()
    return np.log2(n) - (counts * np.log2(counts)).sum() / n


def entropies(ids, labels, classes):
    """Of rows that have numbers already: how many there are, and H(T), H(T|Y), I(T;Y) in bits."""
    counts = np.bincount(ids)
    rows, pairs, label = entropy(counts), entropy(np.bincount(ids * classes + labels)), entropy(np.bincount(labels))
    return len(counts), rows, pairs - label, rows + label - pairs


def counts(codes, labels, classes):
    return [len(np.unique(codes, axis=0, return_counts=True)[1])]


def unique(codes, labels, classes):
    ids = np.unique(codes, axis=0, return_inverse=True)[1].ravel()
    return entropies(ids, labels, classes)


def sklearn(codes, labels, classes):
    """Numbers by NumPy; the rest by what scikit-learn has, which counts in nats."""
    from sklearn.metrics import mutual_info_score
    from sklearn.metrics.cluster import entropy as nats

    distinct, ids = np.unique(codes, axis=0, return_inverse=True)
    ids = ids.ravel()
    mutual = mutual_info_score(labels, ids) / np.log(2)
    rows = nats(ids) / np.log(2)
    return len(distinct), rows, rows - mutual, mutual


def number(codes):
    """Numbers of rows by pandas: eight columns at a time as one integer, then the pair of numbers as one; for up to 16
    columns."""
    import pandas as pd

    n, d = codes.shape
    words = np.zeros((n, 8 * -(-d // 8)), np.uint8)
    words[:, :d] = codes
    words = words.view(np.uint64)
    ids, found = pd.factorize(words[:, 0])
    for column in range(1, words.shape[1]):
        more, known = pd.factorize(words[:, column])
        ids, found = pd.factorize(ids.astype(np.int64) * len(known) + more)
    return ids


def factorize(codes, labels, classes):
    return entropies(number(codes), labels, classes)


def shuffle(codes, labels, classes):
    """A function that does one permutation."""
    ids = number(codes).astype(np.int64) * classes
    labels = labels.copy()
    rng = np.random.default_rng(1)

    def again():
        rng.shuffle(labels)
        return entropy(np.bincount(ids + labels))
    return again


def read(folder):
    n, d, classes = map(int, open(os.path.join(folder, "meta.txt")).read().split())
    codes = np.fromfile(os.path.join(folder, "T.bin"), np.uint8).reshape(n, d)
    return codes, np.fromfile(os.path.join(folder, "y.bin"), np.uint8).astype(np.int64), classes


def torch_epoch():
    """A function that trains an epoch: mini-batches of 256 of 3276 rows, Adam, cross entropy."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    widths = [12, 10, 7, 5, 4, 3, 2]
    layers = []
    for inputs, width in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, width), torch.nn.Tanh()]
    network = torch.nn.Sequential(*layers[:-1])
    adam = torch.optim.Adam(network.parameters(), lr=1e-4)
    loss_of = torch.nn.CrossEntropyLoss()
    x = ((torch.arange(3276)[:, None] >> torch.arange(12)) & 1).float()
    y = (x.sum(1) > 6).long()

    def epoch():
        order = torch.randperm(len(x))
        for at in range(0, len(x), 256):
            rows = order[at:at + 256]
            adam.zero_grad()
            loss_of(network(x[rows]), y[rows]).backward()
            adam.step()
    return epoch


def seconds(call):
    """Median of calls as bench_time() of bench.c has it: after one that is not counted, unless that took too long."""
    def once():
        start = time.process_time()
        call()
        return time.process_time() - start

    samples, start = [once()], time.process_time()
    while samples[0] < 30 and len(samples) < 10 and time.process_time() - start < 0.33:
        samples.append(once())
    return statistics.median(samples[1:] or samples)


def main():
    what, where = sys.argv[1:]
    if what == "torch":
        print(what, seconds(torch_epoch()))
        return
    data = read(where)
    if what == "shuffle":
        print(what, seconds(shuffle(*data)))
        return
    way = {"counts": counts, "unique": unique, "factorize": factorize, "sklearn": sklearn}[what]
    print(what, seconds(lambda: way(*data)))
    found = way(*data)
    print("distinct", found[0])
    if len(found) > 1:
        print("mutual", repr(float(found[-1])))


main()
