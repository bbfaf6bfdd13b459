package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"isthmus/core/media"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"
	"isthmus/mapping/msgid"
	"isthmus/transports"
)

// fileWait is how long a message waits for its files; those that take longer follow it.
const fileWait = 15 * time.Second

// shownFile is a file of a message as the person's clients get it.
type shownFile struct {
	file xep.File
	// fault is why they do not; late: it follows the message.
	fault *transports.Fault
	late  bool
}

// opens has the account open the files of its network when clients ask for them.
func (a *Account) opens() {
	if files, ok := a.session.(transports.Files); ok && a.Media != nil {
		a.closes = a.Media.Attach(a.scope, a.id, files)
	}
}

// whenKnown finds what a message refers to, where its files can be fetched and the pictures of its emoji, and shows it then; what came after it waits.
func (a *Account) whenKnown(o *order, e *transports.Message, show func(referred, []shownFile)) {
	said := wholeText(e)
	if emoji, known := a.knownEmoji(said); len(e.Files) == 0 && known {
		a.whenReferred(o, e, func(r referred) {
			r.emoji = emoji
			show(r, nil)
		})
		return
	}
	fill, link := o.wait(), a.link.ctx
	a.async(func() func() {
		ctx, cancel := context.WithTimeout(link, fileWait)
		defer cancel()
		files := make([]shownFile, len(e.Files))
		var emoji emojiPictures
		var all sync.WaitGroup
		all.Go(func() { emoji = a.findEmoji(link, said) })
		for i, f := range e.Files {
			all.Go(func() { files[i] = a.shareFile(ctx, e.Place, f) })
		}
		all.Wait()
		return func() {
			a.whenReferred(&order{}, e, func(r referred) {
				r.emoji = emoji
				fill(func() { show(r, files) })
			})
		}
	})
}

// shareFile finds where a file can be fetched, as far as that is known before ctx ends. It runs beside the account's goroutine.
func (a *Account) shareFile(ctx context.Context, in transports.Place, f transports.File) shownFile {
	switch {
	case a.Media != nil:
	case f.URL != "":
		return shownFile{file: xep.File{URL: f.URL, Name: xep.CleanFileName(f.Name), Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Description: f.Description}}
	default:
		return shownFile{fault: &transports.Fault{Kind: transports.Unsupported, Text: "This gateway carries no files."}}
	}
	file, err := a.Media.Share(ctx, media.Source{Scope: a.scope, Account: a.id, File: f, Personal: in.Room == ""})
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return shownFile{late: true}
	case ctx.Err() != nil:
		return shownFile{fault: &transports.Fault{Kind: transports.Offline, Text: "The connection to the network ended before it was there."}}
	case err != nil:
		a.log.Warn("A file of the network cannot be shown.", "error", err)
		return shownFile{fault: transports.AsFault(err)}
	}
	return shownFile{file: file}
}

// showParts shows the messages that a message of the network becomes: its text first, then each of its files by itself, for that is how clients
// know a file. What is there only later goes through the order as it is then.
func (a *Account) showParts(e *transports.Message, r referred, files []shownFile, show func(number int, children []*stanza.Element), inOrder func(show func())) {
	number := 0
	if len(files) == 0 || !e.Text.Empty() || e.Forwarded != nil {
		show(number, a.contents(e, r))
		number++
	}
	for i, f := range files {
		if f.late {
			a.showLater(e, r, number, e.Files[i], show, inOrder)
		} else {
			show(number, a.fileContents(e, r, f, e.Files[i], number == 0))
		}
		number++
	}
}

// showLater shows a file of a message when it is there at last, unless the message is gone by then.
func (a *Account) showLater(e *transports.Message, r referred, number int, file transports.File, show func(int, []*stanza.Element), inOrder func(func())) {
	link := a.link.ctx
	a.async(func() func() {
		f := a.shareFile(link, e.Place, file)
		return func() {
			inOrder(func() {
				if !a.known.has(deleteKey(e.Place, e.ID)) {
					show(number, a.fileContents(e, r, f, file, number == 0))
				}
			})
		}
	})
}

// fileContents are the children of a message that is a file; first: of the message that has no text.
func (a *Account) fileContents(e *transports.Message, r referred, f shownFile, of transports.File, first bool) []*stanza.Element {
	var children []*stanza.Element
	if f.fault != nil {
		children = append(children, stanza.Text("", "body", notShown(of, f.fault)))
	} else {
		children = xep.SharedFile(f.file)
		if of.Sticker {
			children = append(children, xep.Sticker())
		}
	}
	children = append(children, xep.InThread(r.thread))
	if first && r.id != "" { // without a quotation: clients know a file by a body that is its address and no more
		children = append(children, xep.Reply(r.id, r.author))
	}
	if a.offers(transports.Reading, e.Place) && !e.Own {
		children = append(children, xep.Markable())
	}
	return children
}

// notShown names a file that cannot be shown.
func notShown(f transports.File, fault *transports.Fault) string {
	name := xep.CleanFileName(f.Name)
	if name == "" {
		name = "without a name"
	}
	if f.Size > 0 {
		name += ", " + media.Bytes(f.Size)
	}
	return fmt.Sprintf("(A file that cannot be shown here: %s. %s)", name, fault.Text)
}

// part is the id of a part of a message in the archive and for clients, empty for the first, which has the message's own.
func part(id transports.MessageID, number int) string {
	if number == 0 {
		return ""
	}
	if id == "" {
		return msgid.Local(store.NextID())
	}
	return msgid.Encode(string(id), number)
}

// filesPrefix begins the names of talks in the store, and of rooms without an archive, under which the parts of messages stand.
const filesPrefix = "files "

// keepPart keeps the id of a part after the first, where no archive does.
func (a *Account) keepPart(place transports.Place, id transports.MessageID, number int) {
	if id != "" && number > 0 {
		a.Store.Write(nil, store.PutSent{Sent: store.Sent{Account: a.id, Place: filesPrefix + PlaceKey(place), Stanza: part(id, number), Part: int64(number),
			Message: string(id), At: time.Now().UnixMilli()}})
	}
}

// files are the ids of the parts after the first as which a message was shown.
func (l lookUp) files(place transports.Place, id transports.MessageID) []string {
	if id == "" {
		return nil
	}
	var all []string
	for _, s := range l.sent(l.store.SentOf, filesPrefix+PlaceKey(place), string(id)) {
		all = append(all, s.Stanza)
	}
	for number := 1; place.Room != "" && len(all) < number && number <= maxParts; number++ {
		if row := l.archived(place, part(id, number)); row.ID != "" {
			all = append(all, row.ID)
		}
	}
	return all
}

// maxParts is how many parts of a message are looked for when it is deleted.
const maxParts = 20
