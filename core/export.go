package core

import (
	"compress/gzip"
	"context"
	"io"

	"isthmus/core/account"
	"isthmus/core/dialog"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"
	"isthmus/core/xep"

	xmpp "mellium.im/xmpp/stanza"
)

// askOperator is how people get their data where they cannot have it by themselves.
const askOperator = " The operator of the gateway can give you your data: ask for an export."

// export gives a person all that is kept of them, as a file at their XMPP server's place for files.
func (d *dialogues) export() dialog.Command {
	return dialog.Command{Node: "export", Name: "Get your data", Words: []string{"export"}, Help: "Gives you a file with all that is kept of you, but no passwords.",
		Start: func(ctx context.Context, who dialog.Asker) dialog.Outcome {
			if d.media == nil {
				return refuseExport("This gateway carries no files.")
			}
			select {
			case d.exporting <- struct{}{}:
				defer func() { <-d.exporting }()
			default:
				return refuseExport("Someone else's data is being brought together just now. Try again in a few minutes.")
			}
			url, err := d.media.PutOwn(ctx, "isthmus.jsonl.gz", "application/gzip", xep.ForOneReader, func(to io.Writer) error { return d.writeExport(ctx, who.Person.Bare(), to) })
			if err != nil {
				problem := account.Refusal(err)
				problem.Text += askOperator
				return dialog.Outcome{Problem: problem}
			}
			return dialog.Outcome{Note: "All that is kept of you, in lines of JSON: " + url + "\nIt holds your messages, and whoever knows this address can fetch it."}
		}}
}

func refuseExport(why string) dialog.Outcome {
	return dialog.Outcome{Problem: &stanza.Error{Type: xmpp.Wait, Condition: xmpp.ResourceConstraint, Text: why + askOperator}}
}

// writeExport writes it, compressed.
func (d *dialogues) writeExport(ctx context.Context, who stanza.JID, to io.Writer) error {
	compressed := gzip.NewWriter(to)
	err := d.store.Export(ctx, d.domain, who.String(), compressed, func(o store.Options) []byte {
		shown, err := seal.WithoutSecrets(o.Data)
		if err != nil {
			d.log.Error("What a person has set cannot be read and was left out of their export.", "person", who.String(), "scope", o.Scope, "error", err)
		}
		return shown
	})
	if err != nil {
		return err
	}
	return compressed.Close()
}
