package loopback

import (
	"slices"
	"unicode/utf8"

	"isthmus/mapping/text"
	"isthmus/transports"
)

// send says something, in several messages where it is long and the network cuts.
func (n *network) send(c *client, s transports.Send, files []content) (transports.Result, error) {
	u := c.user
	p, err := n.place(u, s.Place)
	if err != nil {
		return transports.Result{}, err
	}
	if err := p.maySpeak(u); err != nil {
		return transports.Result{}, err
	}
	said := transports.Message{From: speaker(u, s.As), Nonce: s.Nonce, At: now(), Style: s.Style, Text: s.Text}
	if s.ReplyTo != nil {
		of, err := p.log.find(n.idFrom(u, s.ReplyTo.ID))
		if err != nil {
			return transports.Result{}, err
		}
		said.ReplyTo = &transports.Reference{ID: of.said.ID, From: of.said.From, Text: of.text}
	}
	if s.Thread != "" {
		root, err := p.log.find(n.idFrom(u, s.Thread))
		if err != nil {
			return transports.Result{}, err
		}
		said.Thread = root.said.ID
	}
	if err := n.fits(u, s.Text); err != nil {
		return transports.Result{}, err
	}
	if p.room == nil && p.b.blocks(u) {
		return transports.Result{}, fault(transports.Forbidden, "%s takes no messages from you.", p.b.Name)
	}
	for _, f := range files {
		said.Files = append(said.Files, n.addFile(f))
	}
	var result transports.Result
	for i, piece := range n.pieces(s.Text) {
		part := said
		part.ID, part.Text = n.newMessageID(), piece
		if i > 0 {
			part.ReplyTo, part.Files = nil, nil
		}
		p.publish(line{Said: &part}, c)
		if id := n.idFor(u, part.ID); id != "" {
			result.Parts = append(result.Parts, id)
		}
	}
	return result, nil
}

// maySpeak says why a user may not be heard (XEP-0045 §7.4: a visitor in a moderated room).
func (p place) maySpeak(u *user) error {
	if p.room != nil && p.room.Moderated && p.room.role(u) == transports.Visitor {
		return fault(transports.Forbidden, "%s is moderated, and you have no voice there. Ask a moderator for it.", p.room.Name)
	}
	return nil
}

// fits says that a text is too long or has too many lines.
func (n *network) fits(u *user, t text.Text) error {
	can := u.can(n)
	if length := utf8.RuneCountInString(t.String()); can.MaxText > 0 && length > can.MaxText {
		return fault(transports.TooLarge, "The message has %d characters, and this network takes %d.", length, can.MaxText)
	}
	if can.SingleLine && len(t) > 1 {
		return fault(transports.Invalid, "A message on this network is one line.")
	}
	return nil
}

// pieces are the messages that a text becomes.
func (n *network) pieces(t text.Text) []text.Text {
	if n.config.Split == 0 || utf8.RuneCountInString(t.String()) <= n.config.Split {
		return []text.Text{t}
	}
	var all []text.Text
	for piece := range slices.Chunk([]rune(t.String()), n.config.Split) {
		all = append(all, text.Plain(string(piece)))
	}
	return all
}

// edit replaces the text of an own message.
func (n *network) edit(u *user, e transports.Edit) error {
	p, err := n.place(u, e.Place)
	if err != nil {
		return err
	}
	m, err := p.log.find(n.idFrom(u, e.ID))
	if err != nil {
		return err
	}
	within := n.config.EditWithin
	switch {
	case authorOf(m.said.From) != u.ID:
		return fault(transports.Forbidden, "Only %s can edit this message.", n.known(m.said.From).Name)
	case within > 0 && m.age() > within:
		return fault(transports.Forbidden, "The message is older than %s and cannot be edited any more.", within)
	}
	if err := p.maySpeak(u); err != nil {
		return err
	}
	if err := n.fits(u, e.Text); err != nil {
		return err
	}
	p.publish(line{Edited: &transports.Edited{ID: m.said.ID, From: m.said.From, At: now(), Style: e.Style, Text: e.Text}}, nil)
	return nil
}

// delete takes a message back: an own one, or as a moderator of the room anyone's.
func (n *network) delete(u *user, d transports.Delete) error {
	p, err := n.place(u, d.Place)
	if err != nil {
		return err
	}
	m, err := p.log.find(n.idFrom(u, d.ID))
	if err != nil {
		return err
	}
	if authorOf(m.said.From) != u.ID && (p.room == nil || p.room.role(u) != transports.Moderator) {
		return fault(transports.Forbidden, "Only %s can delete this message, or a moderator.", n.known(m.said.From).Name)
	}
	by := u.User
	if authorOf(m.said.From) == u.ID {
		by = m.said.From
	}
	p.publish(line{Deleted: &transports.Deleted{ID: m.said.ID, By: by, At: now(), Reason: d.Reason}}, nil)
	return nil
}

// react sets a user's reactions on a message.
func (n *network) react(u *user, r transports.React) error {
	p, err := n.place(u, r.Place)
	if err != nil {
		return err
	}
	m, err := p.log.find(n.idFrom(u, r.ID))
	if err != nil {
		return err
	}
	can := u.can(n)
	if can.MaxReactions > 0 && len(r.Emoji) > can.MaxReactions {
		return fault(transports.TooLarge, "At most %d reactions of one person can be on a message.", can.MaxReactions)
	}
	for _, emoji := range r.Emoji {
		if can.Emoji != nil && !slices.Contains(can.Emoji, emoji) {
			return fault(transports.Invalid, "This network has no reaction %s.", emoji)
		}
	}
	if slices.Equal(m.reactions[u.ID], r.Emoji) {
		return nil
	}
	p.publish(line{Reacted: &transports.Reacted{ID: m.said.ID, From: u.User, At: now(), Emoji: slices.Clone(r.Emoji)}}, nil)
	return nil
}

// markRead tells the others of the place, and the user's other clients, how far the user has read.
func (n *network) markRead(c *client, r transports.MarkRead) error {
	p, err := n.place(c.user, r.Place)
	if err != nil {
		return err
	}
	id := n.idFrom(c.user, r.Upto)
	if p.log.index(); p.log.messages[id] == nil {
		return fault(transports.NotFound, "There is no message %s here.", r.Upto)
	}
	for u := range p.audience() {
		for _, other := range u.clients {
			if other != c {
				other.tell(transports.Read{Place: p.seenBy(u), Upto: n.idFor(u, id), By: c.user.User})
			}
		}
	}
	return nil
}

// setTyping tells the others that a user writes.
func (n *network) setTyping(u *user, t transports.SetTyping) error {
	p, err := n.place(u, t.Place)
	if err != nil {
		return err
	}
	for other := range p.audience() {
		if other != u {
			other.tell(transports.Typing{Place: p.seenBy(other), From: u.User, On: t.On})
		}
	}
	return nil
}
