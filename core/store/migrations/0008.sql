-- Version 8: the pictures of users and rooms, small enough for clients.

CREATE TABLE pictures (
	transport TEXT NOT NULL,
	scope TEXT NOT NULL,
	place TEXT NOT NULL, -- the user's or room's id on the network
	version TEXT NOT NULL,
	seq BIGINT NOT NULL, -- the order of their coming
	hash TEXT NOT NULL,
	type TEXT NOT NULL,
	width BIGINT NOT NULL,
	height BIGINT NOT NULL,
	data BYTEA NOT NULL,
	PRIMARY KEY (transport, scope, place)
);
CREATE INDEX pictures_age ON pictures (transport, seq);
