// Package xep builds and reads the payloads of XMPP extensions, one file for each, and knows nothing of who uses them.
package xep

// Extension is one of the standards that Isthmus obeys.
type Extension struct {
	Number  string
	Name    string
	Version string
	// Features are what service discovery announces of it.
	Features []string
	// Part says which part is there, empty where it is the whole.
	Part string
}

// Table lists every extension that the gateway speaks.
var Table = []Extension{
	{"0004", "Data Forms", "2.13.1", []string{nsForm}, ""},
	{"0012", "Last Activity", "2.0", []string{nsLast}, "the gateway's uptime"},
	{"0030", "Service Discovery", "2.5rc3", []string{nsInfo, nsItems}, "information"},
	{"0045", "Multi-User Chat", "1.35.3", []string{NSMUC}, "rooms as an occupant sees them, lists, a person's own configuration"},
	{"0050", "Ad-Hoc Commands", "1.3.0", []string{NSCommands}, ""},
	{"0054", "vcard-temp", "1.3", []string{nsVCard}, "of the gateway, of users and rooms; none is set"},
	{"0055", "Jabber Search", "1.3", []string{NSSearch}, "of users of networks that can be searched"},
	{"0059", "Result Set Management", "1.0", []string{nsRSM}, "in archives"},
	{"0060", "Publish-Subscribe", "1.26.0", nil, "the items of users' nodes"},
	{"0066", "Out of Band Data", "1.5", nil, "addresses of files in messages"},
	{"0077", "In-Band Registration", "2.4", []string{NSRegister}, "as a service, not as a server"},
	{"0082", "XMPP Date and Time Profiles", "1.1.1", nil, ""},
	{"0084", "User Avatar", "1.1.4", nil, "of users of networks: announced and read"},
	{"0085", "Chat State Notifications", "2.1", []string{NSChatStates}, "where the network has them"},
	{"0092", "Software Version", "1.1", []string{nsVersion}, "of the gateway"},
	{"0100", "Gateway Interaction", "1.0", []string{NSGateway}, "the jabber:iq:gateway protocol"},
	{"0103", "URL Address Information", "0.4.1", nil, "addresses without further data"},
	{"0106", "JID Escaping", "1.1.1", []string{`jid\20escaping`}, ""},
	{"0114", "Jabber Component Protocol", "1.6", nil, ""},
	{"0115", "Entity Capabilities", "1.6.0", []string{nsCaps}, ""},
	{"0122", "Data Forms Validation", "1.0.2", nil, "open lists"},
	{"0128", "Service Discovery Extensions", "1.0.1", nil, ""},
	{"0144", "Roster Item Exchange", "1.1.1", nil, "sent to clients that announce it"},
	{"0153", "vCard-Based Avatars", "1.1", nil, "of users and rooms of networks"},
	{"0157", "Contact Addresses for XMPP Services", "1.1.1", nil, ""},
	{"0163", "Personal Eventing Protocol", "1.2.2", nil, "as much of it as pictures need"},
	{"0172", "User Nickname", "1.1", nil, "sent with requests for a subscription"},
	{"0184", "Message Delivery Receipts", "1.4.0", []string{nsReceipts}, "sent when the network has accepted a message"},
	{"0199", "XMPP Ping", "2.0.1", []string{nsPing}, ""},
	{"0201", "Best Practices for Message Threads", "1.0", nil, "where the network has threads"},
	{"0202", "Entity Time", "2.0", []string{nsTime}, ""},
	{"0203", "Delayed Delivery", "2.0", nil, ""},
	{"0223", "Persistent Storage of Private Data via PubSub", "1.1.1", nil, "for bookmarks and what was read"},
	{"0245", "The /me Command", "1.0", nil, ""},
	{"0249", "Direct MUC Invitations", "1.2", nil, "sent"},
	{"0264", "Jingle Content Thumbnails", "0.4.2", nil, "of files of networks, as data: URIs"},
	{"0280", "Message Carbons", "1.0.1", nil, "to ask for no copies; of what a person wrote in another client of the network"},
	{"0292", "vCard4 Over XMPP", "0.12", nil, "of users of networks"},
	{"0297", "Stanza Forwarding", "1.0", nil, ""},
	{"0300", "Use of Cryptographic Hash Functions in XMPP", "1.0.0", nil, "of files, by SHA-256"},
	{"0308", "Last Message Correction", "1.2.1", []string{NSCorrect}, "where the network has it; else a correction is a new message"},
	{"0313", "Message Archive Management", "1.1.3", []string{nsMAM, nsMAMExtended}, "of rooms"},
	{"0319", "Last User Interaction in Presence", "1.0.3", nil, ""},
	{"0333", "Displayed Markers", "1.0.0", []string{NSMarkers}, "where the network has them"},
	{"0334", "Message Processing Hints", "0.4.0", nil, ""},
	{"0356", "Privileged Entity", "0.4.1", nil, "contact lists and messages, in both versions of the protocol"},
	{"0359", "Unique and Stable Stanza IDs", "0.7.0", []string{nsStanzaID}, ""},
	{"0363", "HTTP File Upload", "1.2.0", nil, "as a client of the server's service"},
	{"0372", "References", "0.5.0", nil, "mentions"},
	{"0380", "Explicit Message Encryption", "0.4.0", nil, "to refuse what nobody on the other side could read"},
	{"0382", "Spoiler messages", "0.2.0", nil, "whole messages"},
	{"0385", "Stateless Inline Media Sharing (SIMS)", "0.2.1", nil, "received"},
	{"0393", "Message Styling", "1.1.1", nil, ""},
	{"0402", "PEP Native Bookmarks", "1.2.0", nil, "rooms in spaces; kept for people where their server grants it"},
	{"0410", "MUC Self-Ping", "1.1.0", []string{"http://jabber.org/protocol/muc#self-ping-optimization"}, ""},
	{"0421", "Occupant identifiers", "1.0.1", []string{nsOccupantID}, ""},
	{"0424", "Message Retraction", "0.5.0", []string{NSRetract, NSTombstones}, "where the network has it"},
	{"0425", "Moderated Message Retraction", "0.3.0", []string{NSModerate, NSModerateOld}, "where the network has it"},
	{"0428", "Fallback Indication", "0.2.1", []string{NSFallback}, ""},
	{"0441", "Message Archive Management Preferences", "0.2.0", nil, "always or never, for a room"},
	{"0444", "Message Reactions", "0.2.1", []string{NSReactions}, "where the network has them, with its limits"},
	{"0446", "File metadata element", "0.2.0", nil, ""},
	{"0447", "Stateless file sharing", "0.3.1", nil, "without attached sources"},
	{"0448", "Encryption for stateless file sharing", "0.2.0", nil, "to refuse what nobody on the other side could open"},
	{"0454", "OMEMO Media sharing", "0.1.0", nil, "to refuse what nobody on the other side could open"},
	{"0461", "Message Replies", "0.2.1", []string{NSReply}, "where the network has them; else with their quotation"},
	{"0486", "MUC Avatars", "0.1.0", nil, "as the network has them; none is set"},
	{"0490", "Message Displayed Synchronization", "1.0.1", nil, "rooms, where the person's server grants it"},
	{"0503", "Server-side spaces", "0.3.0", []string{NSSpaces}, "read; nobody subscribes to or changes a space"},
}
