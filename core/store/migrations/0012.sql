-- Version 12: the rooms that people have joined with a chat room of theirs by a relay.

CREATE TABLE relays (
	muc       TEXT NOT NULL,
	transport TEXT NOT NULL,
	network   TEXT NOT NULL,
	room      TEXT NOT NULL,
	data      BYTEA NOT NULL,
	PRIMARY KEY (muc, transport, network, room)
);
