-- Version 5: where clients fetch the files of networks.

CREATE TABLE files (
	id BIGINT NOT NULL PRIMARY KEY CHECK (id <> 0),
	account BIGINT NOT NULL, -- the one that got it first
	transport TEXT NOT NULL,
	scope TEXT NOT NULL,
	foreign_id TEXT NOT NULL,
	url TEXT NOT NULL,
	data BYTEA NOT NULL,
	until BIGINT NOT NULL -- when the address ends to be valid
);
CREATE UNIQUE INDEX files_foreign ON files (transport, scope, foreign_id);
CREATE INDEX files_age ON files (until);
