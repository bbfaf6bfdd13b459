-- Version 3: what corrections refer to, and the ids that clients gave to messages.

ALTER TABLE archive ADD COLUMN replaces TEXT NOT NULL DEFAULT ''; -- the message that the row corrects, as its own row has it

CREATE TABLE sent (
	account BIGINT NOT NULL,
	place TEXT NOT NULL,
	stanza TEXT NOT NULL,  -- the id attribute that the sender's client chose
	part BIGINT NOT NULL,  -- from 0: a long message becomes several
	message TEXT NOT NULL, -- the network's id of the part
	thread TEXT NOT NULL,  -- the client's thread, or ''
	sender TEXT NOT NULL,  -- who sent it, by bare JID
	at BIGINT NOT NULL,
	PRIMARY KEY (account, place, stanza, part)
);
CREATE INDEX sent_message ON sent (account, place, message);
CREATE INDEX sent_thread ON sent (account, place, thread) WHERE thread <> '';
CREATE INDEX sent_age ON sent (at);

CREATE TABLE cursors (
	account BIGINT NOT NULL,
	place TEXT NOT NULL,
	message TEXT NOT NULL, -- the last one of the place that was taken from the network
	at BIGINT NOT NULL,    -- when
	PRIMARY KEY (account, place)
);
