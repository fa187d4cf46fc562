# Naive Bayes or logistic regression, k-fold
#
# Either model is a bias and one weight for every SNP and genotype, so that whoever predicts need
# not know which it is.
import math

import sluice

kind = sluice.item
folds = sluice.input("folds")
people = list(sluice.rows("sources.people"))
fold_of = {row["person"]: row["fold"] for row in sluice.rows("choose.folds")}
chosen = {}
for row in sluice.rows("choose.chosen"):
    chosen.setdefault(row["fold"], []).append(row["snp"])


def naive_bayes(rows, snps):
    size = [sum(row["sick"] == sick for row in rows) for sick in (0, 1)]
    weights = {}
    for snp in snps:
        counts = [[1, 1, 1], [1, 1, 1]]  # Laplace: no genotype is impossible
        for row in rows:
            counts[row["sick"]][row[snp]] += 1
        weights[snp] = [
            math.log(counts[1][g] / (size[1] + 3)) - math.log(counts[0][g] / (size[0] + 3))
            for g in range(3)
        ]
    return math.log(size[1] / size[0]), weights


def logistic(rows, snps, penalty=1.0, rate=0.8, steps=120):
    genotypes = [[row[snp] - 1 for snp in snps] for row in rows]
    truth = [row["sick"] for row in rows]
    bias, slopes = 0.0, [0.0] * len(snps)
    for _ in range(steps):
        errors = [
            1 / (1 + math.exp(-bias - sum(w * g for w, g in zip(slopes, x)))) - y
            for x, y in zip(genotypes, truth)
        ]
        bias -= rate * sum(errors) / len(rows)
        for i in range(len(snps)):
            slope = sum(e * x[i] for e, x in zip(errors, genotypes)) + penalty * slopes[i]
            slopes[i] -= rate * slope / len(rows)
    return bias, {snp: [-w, 0.0, w] for snp, w in zip(snps, slopes)}


def probability(model, row):
    bias, weights = model
    z = bias + sum(weight[row[snp]] for snp, weight in weights.items())
    return 1 / (1 + math.exp(-z))


fits = {"naive-bayes": naive_bayes, "logistic": logistic}
if kind not in fits:
    raise SystemExit(f"model: {kind} (expected one of: {', '.join(fits)})")
fit = fits[kind]

scores = []
for fold in range(folds):
    inside = [row for row in people if fold_of[row["person"]] != fold]
    model = fit(inside, chosen[fold])
    for row in people:
        if fold_of[row["person"]] == fold:
            scores.append(
                {
                    "model": kind,
                    "person": row["person"],
                    "sick": row["sick"],
                    "probability": round(probability(model, row), 6),
                }
            )
    sluice.progress((fold + 1) / (folds + 1), f"{kind}, fold {fold + 1} of {folds}")

bias, weights = fit(people, chosen[-1])
means = {snp: sum(weights[snp][row[snp]] for row in people) / len(people) for snp in weights}
sluice.table("scores", scores)
sluice.value(model={"kind": kind, "bias": bias, "weights": weights, "means": means})
sluice.metric(accuracy=sum((s["probability"] > 0.5) == s["sick"] for s in scores) / len(scores))
