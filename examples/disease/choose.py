# Chi-square per SNP against the phenotype
import math
import random

import sluice

people = list(sluice.rows("sources.people"))
snps = [name for name in people[0] if name.startswith("chr")]
panel = [row["snp"] for row in sluice.rows("sources.measured") if row["snp"] in snps]
wanted = min(sluice.input("snps"), len(snps))
folds = sluice.input("folds")


def chi_square(rows, snp):
    """The statistic of the 2 x 3 table of phenotype and genotype, and its degrees of freedom."""
    table = [[0, 0, 0], [0, 0, 0]]
    for row in rows:
        table[row["sick"]][row[snp]] += 1
    columns = [c for c in zip(*table) if sum(c)]
    total = 0.0
    for column in columns:
        for count, of_class in zip(column, table):
            expected = sum(column) * sum(of_class) / len(rows)
            total += (count - expected) ** 2 / expected if expected else 0.0
    return total, len(columns) - 1


def p_value(statistic, freedom):
    if freedom == 0:
        return 1.0
    return math.erfc(math.sqrt(statistic / 2)) if freedom == 1 else math.exp(-statistic / 2)


def best(rows):
    telling = sorted(snps, key=lambda snp: (p_value(*chi_square(rows, snp)), snp))[:wanted]
    # The newcomers have the panel and little else, so a model must know it.
    return telling + [snp for snp in panel if snp not in telling]


random.Random(sluice.input("seed")).shuffle(people)
fold_of = {row["person"]: i % folds for i, row in enumerate(people)}

# Fold -1 is the whole cohort: what the final models use.
chosen = [{"fold": -1, "snp": snp} for snp in best(people)]
for fold in range(folds):
    rest = [row for row in people if fold_of[row["person"]] != fold]
    chosen += [{"fold": fold, "snp": snp} for snp in best(rest)]
    sluice.progress((fold + 1) / folds, f"fold {fold + 1} of {folds}")

ranking = []
for snp in snps:
    statistic, freedom = chi_square(people, snp)
    ranking.append({"snp": snp, "chi_square": round(statistic, 3), "p": p_value(statistic, freedom)})
ranking.sort(key=lambda row: row["p"])
for row in ranking:
    row["minus_log10_p"] = round(-math.log10(max(row["p"], 1e-300)), 3)
    row["p"] = round(row["p"], 6)

sluice.table("ranking", ranking)
sluice.table("top", ranking[:10])
sluice.table("chosen", chosen)
sluice.table("folds", [{"person": p, "fold": f} for p, f in sorted(fold_of.items())])
print(f"{len(people)} people, {len(snps)} SNPs, {wanted} chosen beside the panel's {len(panel)}; the best is {ranking[0]['snp']}")
