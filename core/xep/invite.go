package xep

import "isthmus/core/stanza"

const nsConference = "jabber:x:conference"

// Invite is an invitation that someone in a room asks the room to pass on (XEP-0045 §7.8.2).
type Invite struct{ To, Reason string }

// ParseInvites finds the invitations in a message to a room.
func ParseInvites(s *stanza.Stanza) []Invite {
	var all []Invite
	for _, e := range s.Child(nsUser, "x").Children() {
		if e.Is(nsUser, "invite") && e.Attr("to") != "" {
			all = append(all, Invite{To: e.Attr("to"), Reason: e.Child(nsUser, "reason").Text()})
		}
	}
	return all
}

// Invitation is what the invited gets from the room: mediated (XEP-0045 §7.8.2) and direct (XEP-0249 §2), for clients know
// the one or the other.
func Invitation(room, to, by stanza.JID, reason, password string) *stanza.Stanza {
	invite := stanza.New("", "invite", "from", by.String())
	if reason != "" {
		invite.Add(stanza.Text("", "reason", reason))
	}
	mediated := stanza.New(nsUser, "x").Add(invite)
	if password != "" {
		mediated.Add(stanza.Text("", "password", password))
	}
	direct := stanza.New(nsConference, "x", "jid", room.String(), "reason", reason, "password", password)
	s := &stanza.Stanza{Kind: stanza.Message, From: room, To: to}
	return s.Add(mediated, direct)
}

// DirectInvitation invites someone to a room without the room's having a part in it (XEP-0249 §2).
func DirectInvitation(from, to, room stanza.JID) *stanza.Stanza {
	s := &stanza.Stanza{Kind: stanza.Message, From: from, To: to}
	return s.Add(stanza.New(nsConference, "x", "jid", room.String()))
}

// ParseInvitation finds an invitation into a room: from the room, which says whose it is (XEP-0045 §7.8.2), or from the person (XEP-0249 §2).
func ParseInvitation(s *stanza.Stanza) (room, by stanza.JID, password string, ok bool) {
	if s.Kind != stanza.Message || s.Type == "error" || s.Type == "groupchat" {
		return room, by, "", false
	}
	x := s.Child(nsUser, "x")
	if invite := x.Child(nsUser, "invite"); invite != nil {
		by, _ = stanza.ParseJID(invite.Attr("from"))
		return s.From.Bare(), by.Bare(), x.Child(nsUser, "password").Text(), true
	}
	direct := s.Child(nsConference, "x")
	room, err := stanza.ParseJID(direct.Attr("jid"))
	if direct == nil || err != nil || room.Local == "" {
		return room, by, "", false
	}
	return room.Bare(), s.From.Bare(), direct.Attr("password"), true
}
