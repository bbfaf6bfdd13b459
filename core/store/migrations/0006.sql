-- Version 6: people's contacts: what became of their wishes, and what was last put into their contact lists.

CREATE TABLE contacts (
	account BIGINT NOT NULL,
	contact TEXT NOT NULL, -- the user's id on the network
	watched BIGINT NOT NULL, -- 1: the person sees their presence
	asked BIGINT NOT NULL, -- 1: the network has yet to answer whether they may
	placed BIGINT NOT NULL, -- 1: the gateway has put them into the person's list, under this name, in these groups
	name TEXT NOT NULL,
	groups TEXT NOT NULL, -- a JSON array
	PRIMARY KEY (account, contact)
);
