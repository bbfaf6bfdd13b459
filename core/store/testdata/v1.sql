-- A database of version 1 with data, frozen: it is never changed. Both databases read it.
CREATE TABLE migrations (version BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL);
INSERT INTO migrations (version, at) VALUES (1, 1767225600000);

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

INSERT INTO accounts (id, transport, scope, owner, shared, data) VALUES
	(3706000000000000001, 'irc.example.org', 'libera', 'alice@example.org', 0, 'sealed'),
	(3706000000000000002, 'slack.example.org', 't0abc', '', 1, '');
INSERT INTO occupants (transport, person, resource, room, nick) VALUES
	('irc.example.org', 'alice@example.org', 'phone', '#go%libera', 'alice'),
	('irc.example.org', 'bob@example.org', 'desk', '#go%libera', 'bob');
INSERT INTO commands (id, account, transport, sender, recipient, stanza, data) VALUES
	(3706000000000000003, 3706000000000000001, 'irc.example.org', 'alice@example.org/phone', '#go%libera@irc.example.org', 's1', 'say');
INSERT INTO archive (seq, account, transport, scope, place, id, author, nick, stanza, at, content) VALUES
	(3706000000000000004, 3706000000000000001, 'irc.example.org', 'libera', '#go', 'i1', 'carol!c@host', 'carol', 'x1', 1767225600001, 'hello'),
	(3706000000000000005, 0, 'slack.example.org', 't0abc', 'c0123', 'i1', 'u1', 'Dave', 'x2', 1767225600002, 'first'),
	(3706000000000000006, 0, 'slack.example.org', 't0abc', 'c0123', 'i2', 'u2', 'Erin', 'x3', 1767225600003, 'second'),
	(3706000000000000009, 0, 'slack.example.org', 't0abc', 'c0123', 'i3', 'u2', 'Erin', 'x4', 1767225600004, 'third');
INSERT INTO spans (person, transport, scope, place, since, until) VALUES
	('alice@example.org', 'slack.example.org', 't0abc', 'c0123', 3706000000000000005, 3706000000000000006),
	('bob@example.org', 'slack.example.org', 't0abc', 'c0123', 3706000000000000006, 0);
INSERT INTO settings (name, value) VALUES ('occupant-id', 'key');
