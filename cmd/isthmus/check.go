package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"syscall"
	"time"

	"isthmus/configs"
	"isthmus/core/component"
	"isthmus/core/media"
	"isthmus/core/seal"
	"isthmus/core/store"
	"isthmus/core/web"

	"github.com/spf13/cobra"
)

// checkTimeout bounds the check of one connection.
const checkTimeout = 20 * time.Second

// errCheck ends a check that found something, which it has said already.
var errCheck = errors.New("the check found something to mend")

func checkCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{Use: "check", Short: "Test a configuration and what it connects to, without serving", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return check(cmd.Context(), path, cmd.OutOrStdout()) }}
	configFlag(cmd, &path)
	return cmd
}

// check says of each part in a sentence whether it would work.
func check(ctx context.Context, path string, out io.Writer) error {
	c, err := configs.Load(path)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ok: the configuration", path, "can be read.")
	bad := false
	say := func(place string, err error) {
		if err != nil {
			bad = true
			fmt.Fprintf(out, "not ok: %s: %v\n", place, err)
			return
		}
		fmt.Fprintf(out, "ok: %s\n", place)
	}
	within := func(test func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		defer cancel()
		return test(ctx)
	}
	say("the store", within(func(ctx context.Context) error { return store.Check(ctx, c.Store) }))
	say("the key file", seal.Check(c.KeyFile))
	say("the cache for files in "+c.Files.Cache, media.CheckCache(c.Files.Cache))
	if c.Web.Listen != "" {
		checkListener(say, "the web listener "+c.Web.Listen+" for "+c.Web.URL, func() error {
			s, err := web.New(*webConfig(c.Web), slog.New(slog.DiscardHandler))
			if err != nil {
				return err
			}
			return s.Check()
		})
	}
	if c.Web.Private != "" {
		checkListener(say, "the operator's listener "+c.Web.Private, web.NewPrivate(c.Web.Private, slog.New(slog.DiscardHandler)).Check)
	}
	for _, t := range c.Transports {
		ready, err := transport(t)
		if err != nil {
			say("the options of "+t.Domain, err)
			continue
		}
		say("the XMPP server's component "+t.Domain, within(func(ctx context.Context) error { return component.Check(ctx, ready.Component) }))
	}
	if bad {
		return errCheck
	}
	return nil
}

// checkListener takes an address in use for that of the running gateway.
func checkListener(say func(string, error), name string, test func() error) {
	err := test()
	if errors.Is(err, syscall.EADDRINUSE) {
		name, err = name+" (in use, by the gateway if it runs)", nil
	}
	say(name, err)
}
