# Sensitivity, specificity, accuracy, MCC, AUC
import math
import random

import sluice

RESAMPLES = 200
random_ = random.Random(sluice.input("seed"))


def auc(rows):
    """The share of pairs of a sick and a healthy person that the model puts in the right order."""
    ranked = sorted(rows, key=lambda row: row[1])
    ranks, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][1] == ranked[i][1]:
            j += 1
        ranks += (i + j + 1) / 2 * sum(sick for sick, _ in ranked[i:j])
        i = j
    sick = sum(s for s, _ in rows)
    healthy = len(rows) - sick
    return (ranks - sick * (sick + 1) / 2) / (sick * healthy) if sick and healthy else None


def measures(rows):
    hit = sum(s == 1 and p > 0.5 for s, p in rows)
    miss = sum(s == 1 and p <= 0.5 for s, p in rows)
    alarm = sum(s == 0 and p > 0.5 for s, p in rows)
    calm = sum(s == 0 and p <= 0.5 for s, p in rows)
    product = (hit + alarm) * (hit + miss) * (calm + alarm) * (calm + miss)
    return {
        "Sensitivity": hit / (hit + miss) if hit + miss else None,
        "Specificity": calm / (calm + alarm) if calm + alarm else None,
        "Accuracy": (hit + calm) / len(rows),
        "MCC": (hit * calm - alarm * miss) / math.sqrt(product) if product else 0.0,
        "AUC": auc(rows),
    }


def interval(rows, name):
    """A 95 % interval by resampling the people."""
    values = [measures(random_.choices(rows, k=len(rows)))[name] for _ in range(RESAMPLES)]
    values = sorted(v for v in values if v is not None)
    cut = len(values) // 40
    return values[cut], values[-1 - cut]


rows_of = {model: [] for model in sluice.input("models")}
for row in sluice.rows("train.scores"):
    rows_of[row["model"]].append((row["sick"], row["probability"]))

table, roc, found = [], [], []
for model, rows in rows_of.items():
    values = measures(rows)
    found.append(values)
    for name, value in values.items():
        low, high = interval(rows, name)
        table.append(
            {
                "model": model,
                "measure": name,
                "value": round(value, 4),
                "low": round(low, 4),
                "high": round(high, 4),
            }
        )
    sick = sum(s for s, _ in rows)
    for threshold in sorted({p for _, p in rows} | {-1.0}, reverse=True):
        above = [s for s, p in rows if p > threshold]
        roc.append(
            {
                "model": model,
                "false_alarms": round((len(above) - sum(above)) / (len(rows) - sick), 4),
                "found": round(sum(above) / sick, 4),
            }
        )

best = max(range(len(found)), key=lambda i: found[i]["AUC"])
sluice.table("measures", table)
sluice.table("roc", roc)
sluice.value(
    best=best,
    model=list(rows_of)[best],
    auc=round(found[best]["AUC"], 4),
    accuracy=round(found[best]["Accuracy"], 4),
)
sluice.metric(auc=found[best]["AUC"], accuracy=found[best]["Accuracy"])
for model, values in zip(rows_of, found):
    print(model, {k: round(v, 3) for k, v in values.items()})
