package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"isthmus/configs"
	"isthmus/core/seal"
	"isthmus/core/stanza"
	"isthmus/core/store"

	"github.com/spf13/cobra"
)

func exportCommand() *cobra.Command {
	var path, domain string
	cmd := &cobra.Command{Use: "export JID", Short: "Print all that is kept of a person, but no passwords, as lines of JSON", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return export(cmd.Context(), path, domain, args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		}}
	configFlag(cmd, &path)
	transportFlag(cmd, &domain)
	return cmd
}

func export(ctx context.Context, path, domain, person string, out, remarks io.Writer) (err error) {
	c, err := configs.Load(path)
	if err != nil {
		return err
	}
	t, err := chosen(c, domain, "")
	if err != nil {
		return err
	}
	jid, err := stanza.ParseJID(person)
	if err != nil {
		return fmt.Errorf("%q: %w", person, err)
	}
	opened, err := store.Open(ctx, c.Store, logger(c.Log))
	if err != nil {
		return err
	}
	defer closeStore(opened, &err)
	counted := &counter{Writer: out}
	err = opened.Export(ctx, t.Domain, jid.Bare().String(), counted, func(o store.Options) []byte {
		shown, err := seal.WithoutSecrets(o.Data)
		if err != nil {
			fmt.Fprintf(remarks, "The options of %s cannot be read and were left out: %v\n", place(o), err)
		}
		return shown
	})
	if err == nil && counted.bytes == 0 {
		fmt.Fprintf(remarks, "Nothing is kept of %s on %s.\n", jid.Bare(), t.Domain)
	}
	return err
}

// counter counts what is written.
type counter struct {
	io.Writer
	bytes int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.bytes += n
	return n, err
}

func transportFlag(cmd *cobra.Command, domain *string) {
	cmd.Flags().StringVarP(domain, "transport", "t", "", "the domain of the transport; needed only if there are several")
}

// chosen is the transport of that domain, or the only one of that kind, where they are given.
func chosen(c *configs.Config, domain, kind string) (configs.Transport, error) {
	var fit []configs.Transport
	var domains []string
	for _, t := range c.Transports {
		if kind == "" || t.Kind == kind {
			domains = append(domains, t.Domain)
			if domain == "" || t.Domain == strings.ToLower(domain) {
				fit = append(fit, t)
			}
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(domains) == 0:
		return configs.Transport{}, fmt.Errorf("the configuration has no transport of the kind %s", kind)
	case len(fit) == 0:
		return configs.Transport{}, fmt.Errorf("there is no transport %s that fits: --transport may be %s", domain, strings.Join(domains, ", "))
	}
	return configs.Transport{}, fmt.Errorf("there are several transports: name one of them by --transport %s", strings.Join(domains, " or "))
}
