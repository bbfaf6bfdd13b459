package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"isthmus/configs"
	"isthmus/core/component"
	"isthmus/core/seal"
	"isthmus/core/store"

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
