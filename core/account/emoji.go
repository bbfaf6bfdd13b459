package account

import (
	"context"
	"mime"
	"path"
	"strings"
	"time"

	"isthmus/core/avatar"
	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/mapping/text"
	"isthmus/transports"
)

const (
	// maxEmoji bounds the custom emoji of a message that are shown as pictures.
	maxEmoji = 20
	// emojiWait is how long a message waits for the pictures of its emoji; without them it has their names.
	emojiWait = 4 * time.Second
)

// emojiPictures are those of a text's custom emoji, as far as there are any. They have no Data.
type emojiPictures map[text.Ref]avatar.Picture

// knownEmoji are the pictures of a text's emoji where all have been looked for before; ok is false where that is to be done first.
func (a *Account) knownEmoji(t text.Text) (pictures emojiPictures, ok bool) {
	if a.Emoji == nil {
		return nil, true
	}
	for _, ref := range t.Emoji(maxEmoji) {
		p, known := a.Emoji.Known(string(a.scope), ref.ID, ref.URL)
		if !known {
			return nil, false
		}
		pictures = pictures.with(ref, p)
	}
	return pictures, true
}

// findEmoji reads the pictures of a text's emoji, as far as they are there in time; the others come into the cache meanwhile. It runs beside the account's goroutine.
func (a *Account) findEmoji(link context.Context, t text.Text) emojiPictures {
	if pictures, ok := a.knownEmoji(t); ok {
		return pictures
	}
	type found struct {
		ref text.Ref
		p   avatar.Picture
	}
	refs := t.Emoji(maxEmoji)
	all := make(chan found, len(refs))
	for _, ref := range refs {
		go func() { all <- found{ref, a.Emoji.Get(link, string(a.scope), ref.ID, ref.URL)} }()
	}
	var pictures emojiPictures
	enough := time.NewTimer(emojiWait)
	defer enough.Stop()
	for range refs {
		select {
		case f := <-all:
			pictures = pictures.with(f.ref, f.p)
		case <-enough.C:
			return pictures
		}
	}
	return pictures
}

func (p emojiPictures) with(ref text.Ref, picture avatar.Picture) emojiPictures {
	if picture.Hash == "" {
		return p
	}
	if p == nil {
		p = emojiPictures{}
	}
	p[ref] = picture
	return p
}

// illustrated are the further children of a message with custom emoji: the whole of it in XHTML with their pictures, which clients ask for by their hashes (XEP-0231), and where
// the message is one emoji and no more also that as a file that stands where the message does. Others read the names. What a reply repeats is left out, as who knows XHTML shows it by itself.
func (p emojiPictures) illustrated(whole, said text.Text) []*stanza.Element {
	if len(p) == 0 {
		return nil
	}
	inside, _ := whole.XHTML(func(ref text.Ref) text.Image {
		picture := p[ref]
		if picture.Hash == "" {
			return text.Image{}
		}
		return text.Image{Src: "cid:" + xep.BitName(picture.Hash), Width: picture.Width, Height: picture.Height}
	})
	children := []*stanza.Element{xep.XHTML(inside)}
	if lone, ok := said.LoneEmoji(); ok && len(whole) == len(said) && strings.HasPrefix(lone.Ref.URL, "http") {
		children = append(children, xep.SharedEmoji(emojiFile(lone, p[lone.Ref]))...)
	}
	return children
}

// emojiFile describes the picture of an emoji as a file.
func emojiFile(emoji text.Span, picture avatar.Picture) xep.File {
	address, _, _ := strings.Cut(emoji.Ref.URL, "?")
	kind, extension := mime.TypeByExtension(path.Ext(address)), path.Ext(address)
	if !strings.HasPrefix(kind, "image/") {
		kind, extension = picture.Type, ""
	}
	return xep.File{URL: emoji.Ref.URL, Name: xep.CleanFileName(strings.Trim(emoji.Text, ":") + extension), Type: kind, Description: emoji.Text}
}

// wholeText is the text of a message with what it passes on before it, as it is shown.
func wholeText(e *transports.Message) text.Text {
	whole := e.Text
	if e.Style == transports.Does && len(whole) > 0 && whole[0].Kind == text.Line { // XEP-0245 §3
		first := whole[0]
		first.Spans = append([]text.Span{{Text: "/me "}}, first.Spans...)
		whole = append(text.Text{first}, whole[1:]...)
	}
	if e.Forwarded != nil {
		whole = append(append(text.Plain(forwardHead(e)), text.Block{Kind: text.Quote, Children: e.Forwarded.Text}), whole...)
	}
	return whole
}

// tellBit answers a request for a small picture by its hash (XEP-0231 §2.2).
func (a *Account) tellBit(s *stanza.Stanza, hash string) {
	if a.Pictures == nil || hash == "" {
		a.refuse(s, notTold)
		return
	}
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(context.Background(), lookUpTimeout)
		defer cancel()
		p, ok, err := a.Pictures.ByHash(ctx, string(a.scope), hash)
		return func() {
			switch {
			case err != nil:
				a.log.Error("The store cannot be read.", "what", "a picture", "error", err)
				a.refuse(s, a.stanzaError(err))
			case !ok:
				a.refuse(s, notTold)
			default:
				a.Stream.Reply(s.Result(xep.Bit(p.Hash, p.Type, p.Data)))
			}
		}
	})
}
