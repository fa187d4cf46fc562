-- Names are interned: a run row and an event carry numbers of one or two bytes.
CREATE TABLE tenant (
    num  INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE flow (
    tenant INTEGER NOT NULL,
    num    INTEGER NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (tenant, num),
    UNIQUE (tenant, name)
) WITHOUT ROWID;

CREATE TABLE flow_version (
    tenant  INTEGER NOT NULL,
    flow    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    text    BLOB NOT NULL,
    folder  TEXT NOT NULL,
    digest  BLOB NOT NULL,
    author  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (tenant, flow, version)
);

-- state: 0 QUEUED, 1 RUNNING, 2 PAUSED, 3 SUCCEEDED, 4 FAILED, 5 CANCELLED.
CREATE TABLE run (
    tenant  INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    flow    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state   INTEGER NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER NOT NULL,
    ended   INTEGER NOT NULL,
    key     TEXT,
    parent  INTEGER,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

-- One for each combination of filters: any page of any listing is read in the order it is shown.
CREATE INDEX run_by_flow ON run (tenant, flow, id);
CREATE INDEX run_by_state ON run (tenant, state, id);
CREATE INDEX run_by_flow_state ON run (tenant, flow, state, id);

CREATE UNIQUE INDEX run_by_key ON run (tenant, flow, key) WHERE key IS NOT NULL;

CREATE TABLE event (
    tenant  INTEGER NOT NULL,
    run     INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (tenant, run, seq)
) WITHOUT ROWID;

CREATE TABLE reference (
    tenant INTEGER NOT NULL,
    run    INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (tenant, run, digest)
) WITHOUT ROWID;

CREATE TABLE cached (
    tenant  INTEGER NOT NULL,
    key     BLOB NOT NULL,
    run     INTEGER NOT NULL,
    outputs BLOB NOT NULL,
    PRIMARY KEY (tenant, key)
);

CREATE INDEX cached_by_run ON cached (tenant, run);
