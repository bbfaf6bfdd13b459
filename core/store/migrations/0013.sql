-- Version 13: what a relay has passed on lately, as each side knows it, and up to where it has heard each room of a network.

CREATE TABLE relay_lines (
	muc  TEXT NOT NULL,
	seq  BIGINT NOT NULL, -- their order
	data BYTEA NOT NULL,
	PRIMARY KEY (muc, seq)
);

CREATE TABLE relay_marks (
	muc     TEXT NOT NULL,
	room    TEXT NOT NULL,
	message TEXT NOT NULL, -- the network's id
	PRIMARY KEY (muc, room)
);
