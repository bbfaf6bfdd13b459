-- Version 11: the reactions of those who share an account, which the network has as the account's.

CREATE TABLE reactions (
	through BIGINT NOT NULL, -- the shared account
	place TEXT NOT NULL,
	message TEXT NOT NULL,   -- the network's id
	account BIGINT NOT NULL, -- of who has them
	person TEXT NOT NULL,    -- how the others know who that is
	emoji TEXT NOT NULL,     -- a JSON array
	at BIGINT NOT NULL,
	PRIMARY KEY (through, place, message, account)
);
CREATE INDEX reactions_account ON reactions (account);
CREATE INDEX reactions_age ON reactions (at);
