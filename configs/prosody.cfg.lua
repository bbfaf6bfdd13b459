-- For Prosody 0.12 or newer: add this to prosody.cfg.lua, then `prosodyctl reload` and restart Prosody once.
-- The component listener is on 127.0.0.1:5347 unless component_ports and component_interfaces say otherwise.

Component "irc.example.org"
	name = "IRC"
	component_secret = "change-me"
	-- By default Prosody refuses a new connection while it believes in a dead one, so a gateway that was
	-- killed could not come back for minutes.
	component_conflict_resolve = "kick_old"

-- Optional, and worth it: with these privileges (XEP-0356) people's contacts on the networks come into their contact lists by
-- themselves, and what they write in other clients of a network shows as their own. Put "privilege" (of prosody-modules) among
-- modules_enabled, here and of the component, and this into the section of the VirtualHost whose people use the gateway:
--
--	privileged_entities = {
--		["irc.example.org"] = { roster = "both"; message = "outgoing"; presence = "managed_entity"; };
--	}

-- Files of the networks go to your upload service, unless the gateway serves them itself (files: and web: in its configuration). The service must let the gateway upload;
-- in its section, beside your own domain:
--
--	http_file_share_access = { "example.org"; "irc.example.org" }
