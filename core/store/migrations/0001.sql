-- Version 1. BIGINT, TEXT and BYTEA only; every id is made by the program; times are unix milliseconds.

CREATE TABLE accounts (
	id BIGINT NOT NULL PRIMARY KEY CHECK (id <> 0),
	transport TEXT NOT NULL,
	scope TEXT NOT NULL,
	owner TEXT NOT NULL,
	shared BIGINT NOT NULL,
	data BYTEA NOT NULL,
	instance TEXT NOT NULL DEFAULT '', -- which process owns the account, when several share one database
	lease BIGINT NOT NULL DEFAULT 0    -- until when
);

CREATE TABLE occupants (
	transport TEXT NOT NULL,
	person TEXT NOT NULL,
	resource TEXT NOT NULL,
	room TEXT NOT NULL,
	nick TEXT NOT NULL,
	PRIMARY KEY (transport, person, resource, room)
);

CREATE TABLE commands (
	id BIGINT NOT NULL PRIMARY KEY CHECK (id <> 0),
	account BIGINT NOT NULL,
	transport TEXT NOT NULL,
	sender TEXT NOT NULL,
	recipient TEXT NOT NULL,
	stanza TEXT NOT NULL,
	data BYTEA NOT NULL
);

CREATE TABLE archive (
	seq BIGINT NOT NULL CHECK (seq > 0),
	account BIGINT NOT NULL, -- 0: of the scope
	transport TEXT NOT NULL,
	scope TEXT NOT NULL,
	place TEXT NOT NULL,
	id TEXT NOT NULL,
	author TEXT NOT NULL,
	nick TEXT NOT NULL,
	stanza TEXT NOT NULL,
	at BIGINT NOT NULL,
	content BYTEA NOT NULL
);
-- The identity of a row, and the order of a place, for both kinds of owner.
CREATE UNIQUE INDEX archive_account_id ON archive (account, place, id) WHERE account <> 0;
CREATE UNIQUE INDEX archive_scope_id ON archive (transport, scope, place, id) WHERE account = 0;
CREATE INDEX archive_account_order ON archive (account, place, seq, at) WHERE account <> 0;
CREATE INDEX archive_scope_order ON archive (transport, scope, place, seq, at) WHERE account = 0;
-- Retention, and the highest seq.
CREATE INDEX archive_age ON archive (seq, at);

CREATE TABLE spans (
	person TEXT NOT NULL,
	transport TEXT NOT NULL,
	scope TEXT NOT NULL,
	place TEXT NOT NULL,
	since BIGINT NOT NULL, -- the first seq that the person may read
	until BIGINT NOT NULL  -- the last one; 0: still open
);
CREATE INDEX spans_place ON spans (person, transport, scope, place);
CREATE UNIQUE INDEX spans_open ON spans (person, transport, scope, place) WHERE until = 0;

CREATE TABLE settings (
	name TEXT NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
);
