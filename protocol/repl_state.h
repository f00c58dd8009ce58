/* SPDX-License-Identifier: MIT */
/*
 * The inside of the REPL driver, shared by its files, each of which calls those
 * below it only:
 *
 *	repl.c		the driver's face: jobs and time
 *	repl_hear.c	what each byte from the board means
 *	repl_interrupt.c stopping a job
 *	repl_answer.c	what the board answers to questions of ours
 *	repl_end.c	where what a job prints ends
 *	repl_plan.c	what to say next to get a job done
 *	repl_step.c	how to get into step with a board
 *	repl_leave.c	and how to leave it
 *	repl_job.c	the job's own text
 *	repl_helper.c	what is put on the board for that
 *	repl_store.c	long texts for boards without raw-paste
 *	repl_say.c	texts, and which way they go
 *	repl_send.c	how fast the bytes go
 *	repl_state.c	how long a state lasts, and the end of the job
 *	repl_news.c	the events that wait to be told
 */
#ifndef PICOD_REPL_STATE_H
#define PICOD_REPL_STATE_H

#include "protocol/driver.h"
#include "protocol/repl_text.h"
#include "protocol/repl_title.h"
#include "protocol/repl_watch.h"

/* Names on the board: short, since each byte of them is waited for. */
#define REPL_HELPER	"__p"
#define REPL_STORE	"__pt"		/* a text that comes in pieces */

#define REPL_BUILTINS	"__import__('builtins')"
#define REPL_MARK	DRIVER_MARK	/* the helper writes it, too */

/* A CircuitPython carries out its repl.py. */
#define REPL_STARTS_MS	10000
/* Silence after the REPL's introduction: a prompt that does not look like one. */
#define REPL_PROMPT_MS	200

#define REPL_TRACE_MAX	8192		/* of a traceback, its end is kept */
#define REPL_WIRE_KEPT	16384		/* for the next text */
#define REPL_BURST	32		/* bytes a board takes in at a time */
#define REPL_BLIND_MAX	60		/* and before it has answered */

enum repl_state {
	REPL_CLOSED,
	REPL_LISTEN,		/* nothing asked; the board does as it likes */
	REPL_IDLE,		/* in the raw REPL, nothing runs */
	REPL_ASK_FREE,		/* does it run a program that may not be stopped? */
	REPL_KNOCK,		/* until the raw REPL says hello */
	REPL_AGAIN,		/* left the raw REPL, to enter it again */
	REPL_PROBE,		/* until the board repeats our nonce */
	REPL_ASK,		/* may we use raw-paste? */
	REPL_WINDOW,		/* it is telling its window */
	REPL_SEND,		/* sending in plain raw mode */
	REPL_PASTE,		/* sending by raw-paste */
	REPL_OK,		/* until it says OK */
	REPL_OUTPUT,		/* the job runs */
	REPL_MARKED,		/* our mark: perhaps its output is over */
	REPL_TRACE,		/* 04: perhaps its traceback, or nothing */
	REPL_END,		/* 04 again: until the raw REPL's ">" */
	REPL_EXIT,		/* or until the board that it restarts is back */
	REPL_FRAME,		/* ">": is it quiet from now on? */
	REPL_LEAVE,		/* until the friendly prompt */
	REPL_REBOOT,		/* until it says that it restarts */
	REPL_STATES
};

/* How the text of a job is carried out. */
enum repl_form {
	REPL_AS_IS,
	REPL_AS_ARGUMENT,	/* of the helper, which shows it */
	REPL_AS_PARTS,		/* each statement shown by itself */
	REPL_AS_LINE,		/* a literal, for the helper to compile */
	REPL_AS_EVAL,		/* literals for builtins, where the raw REPL */
	REPL_AS_EXEC,		/* would take bytes of the text as orders */
};

/* What the text that is being sent is for. */
enum repl_purpose {
	REPL_FOR_PROBE,
	REPL_FOR_HELPER,
	REPL_FOR_CHECK,		/* does the helper work? */
	REPL_FOR_COMPILE,	/* has it compile()? */
	REPL_FOR_STORE,		/* a piece of what is too long */
	REPL_FOR_ROOM,		/* is there memory for it? */
	REPL_FOR_CLEAN,		/* to drop pieces of a job that was given up */
	REPL_FOR_JOB,
};

/* What told the last restart, and tells it again in other words. */
enum repl_told {
	REPL_TOLD_NOT,
	REPL_TOLD_BY_TITLE,	/* its line and the next title are still to come */
	REPL_TOLD_BY_LINE,	/* a banner or a title is */
};

/* What room a board without raw-paste has for the job's text. */
enum repl_room {
	REPL_ROOM_UNKNOWN,
	REPL_ROOM_PIECES,	/* for its pieces; or for nothing else either */
	REPL_ROOM_WHOLE_ASKED,	/* not for them; and for it as a whole? */
	REPL_ROOM_WHOLE,
};

struct repl_piece {
	const char	*bytes;
	size_t		 len;
};
#define REPL_PIECES	3	/* a head, the text and a tail */

/* An event that waits to be told. */
struct repl_news {
	struct driver_event	 event;
	bool			 is_text;	/* event.len bytes of text[] */
};

struct repl {
	struct driver		 base;
	enum repl_state		 state;
	unsigned		 baud;
	bool			 may_interrupt;

	uint64_t		 deadline;	/* of the state */
	uint64_t		 settle_at;	/* deaf until then */
	uint64_t		 sync_until;	/* getting into step ends then */
	uint64_t		 pace_at;	/* the next burst may go */
	uint64_t		 interrupt_at;	/* the next Ctrl-C is due */
	uint64_t		 runs_at;	/* what runs can be interrupted */
	uint64_t		 suspect_at;	/* quiet since a banner until then */

	/* what is known of the board */
	struct repl_watch	 watch;
	struct repl_title	 title;
	bool			 deaf;		/* settling after open */
	bool			 own_program;	/* it may run one of its own */
	bool			 asked_free;	/* whether it does */
	bool			 ask_free;	/* before this job */
	bool			 touched;	/* we were in its raw REPL */
	bool			 raw;		/* it was not left since */
	bool			 in_step;
	bool			 doubt;		/* in step, but probe first */
	enum repl_told		 told;		/* this restart was */
	bool			 helper;	/* it has our helper */
	bool			 compile_known;
	bool			 no_compile;	/* it needs the other helper */
	bool			 litter;	/* it may have a REPL_STORE */
	bool			 swollen;	/* its raw REPL keeps the room that a
						 * long text took, until it is left */
	bool			 paste_known;
	bool			 paste;		/* it has raw-paste */
	size_t			 window_step;
	uint32_t		 nonce;
	uint64_t		 seed;

	/* the job */
	bool			 busy;
	struct driver_job	 job;
	struct repl_text	 text_seen;
	enum repl_form		 form;
	const char		*tail;		/* writes the mark, or NULL */
	enum repl_room		 room;
	bool			 wrapped;	/* its traceback has our line */
	bool			 renamed;	/* and calls its own "<string>" */
	bool			 probed;
	bool			 helper_failed;
	bool			 retried;
	bool			 started;
	bool			 quiet;		/* don't tell what it says now */
	unsigned		 probes;

	/* getting into step, and leaving */
	unsigned		 rung;		/* of the ladder into step */
	unsigned		 asks;		/* for the raw REPL's hello, on it */
	uint64_t		 knock_at;
	uint64_t		 heard_at;
	bool			 alive;		/* it said something since */
	bool			 resetting;	/* Ctrl-D was said */
	bool			 introduced;	/* the friendly REPL has, to Ctrl-B */

	bool			 stopping;	/* it is to be interrupted */
	bool			 printed;	/* it did, so it runs */
	unsigned		 interrupts;	/* times we said Ctrl-C */

	/* what is being said */
	enum repl_purpose	 purpose;
	enum repl_purpose	 store_for;
	const char		*store;		/* goes in pieces */
	size_t			 store_len;
	size_t			 store_off;
	bool			 store_whole;	/* it is there, as bytes */
	uint8_t			 ctl[32];	/* goes first */
	size_t			 ctl_len;
	uint8_t			*wire;		/* our own rendering, if any */
	size_t			 wire_size;
	struct repl_piece	 say[REPL_PIECES];
	size_t			 say_at;	/* the piece that is being sent */
	size_t			 say_off;	/* in it */
	size_t			 say_left;	/* in all */
	size_t			 said_len;	/* when that was all */
	bool			 say_eof;	/* a Ctrl-D is to follow */
	size_t			 budget;	/* bytes that may go now */

	/* what is being heard */
	bool			 marked;	/* this text ends with a mark */
	bool			 unmarked;	/* it ends without its mark */
	bool			 fed;		/* the job was given input */
	bool			 exiting;	/* it restarts the board */
	char			 want[24];	/* the nonce */
	size_t			 matched;
	char			 echo[8];	/* of what is said, at a prompt */
	bool			 asked_helper;	/* by the probe */
	bool			 probe_plain;	/* not again */
	bool			 full;		/* it has no memory for an answer */
	bool			 gone;		/* nor any name of ours */
	uint8_t			 last;
	bool			 answer;	/* the probe's, the check's */
	uint8_t			*trace;		/* what it raised, in hold[] */
	size_t			 trace_len;

	/* what may be its end: [mark] 04 traceback 04 > */
	uint8_t			 hold[REPL_TRACE_MAX + 1024]; /* the probe's too */
	size_t			 hold_len;
	size_t			 hold_told;	/* as output, up to there */
	size_t			 hold_first;	/* where the first 04 is */
	size_t			 hold_second;
	bool			 hold_cut;	/* a traceback without its beginning */

	/* what is to be told: a queue, and the bytes of its texts */
	struct repl_news	 news[8];
	size_t			 n_news;
	size_t			 text_told;
	size_t			 text_len;
	uint8_t			 text[REPL_TRACE_MAX + 3072];
};

static inline struct repl *
repl_of(struct driver *d)
{
	return (struct repl *)d;
}

static inline const struct repl *
repl_const(const struct driver *d)
{
	return (const struct repl *)d;
}

/* repl_news.c */
/* Adds an event; its data is static, or trace[]. */
void	repl_tell(struct repl *, enum driver_event_type, const void *, size_t);
/* Adds a job's end, with its traceback if it has one. */
void	repl_tell_done(struct repl *, enum driver_outcome);
/* Adds text, which is copied, to the last event if that is of this type. */
void	repl_tell_text(struct repl *, enum driver_event_type,
	    const uint8_t *, size_t);
/* What the board says by itself; and while a job is on its way, if that is news. */
void	repl_tell_unasked(struct repl *);
void	repl_tell_noise(struct repl *);
/* Once a job, and only for the job's own text. */
void	repl_tell_started(struct repl *);
/* The first of the news becomes the event, if there are any. */
void	repl_take_news(struct repl *, struct driver_event *);
/* The event that was told last is no longer looked at. */
void	repl_forget_told(struct repl *);
/* Whether the next byte may be heard before anything is told. */
bool	repl_may_hear_more(const struct repl *);
/* Whether the end of a job is still to be told. */
bool	repl_end_is_news(const struct repl *);

/* repl_state.c */
struct repl_limit {
	uint64_t	 ms;		/* in this state; 0 for none */
	const char	*complaint;	/* when that is over */
};
extern const struct repl_limit repl_limits[REPL_STATES];

/* The one place where the state changes; its time limit begins. */
void	repl_enter(struct repl *, enum repl_state, uint64_t now);
/* What is left of a text need not follow. */
void	repl_say_nothing(struct repl *);
/* There is no job any more, which nobody is told. */
void	repl_end_job(struct repl *);
/* The job ended like that; what it raised is in trace[]. */
void	repl_finish(struct repl *, enum driver_outcome, uint64_t now);
/* The job is over and the board out of step, because of that (static). */
void	repl_lose(struct repl *, const char *why, uint64_t now);
/* The board began anew: all that was put on it is gone. */
void	repl_restarted(struct repl *);

/* repl_send.c */
/*
 * Adds bytes that go ahead of any text.  A port that takes nothing will not
 * miss those that find no room: deadlines end the job.
 */
void	repl_order(struct repl *, const char *bytes, size_t len);
/* Past what was sent of a text, and past pieces that are empty. */
void	repl_say_past(struct repl *, size_t);
size_t	repl_output(const struct driver *, const uint8_t **bytes);
void	repl_sent(struct driver *, size_t, uint64_t now);

/* repl_say.c */
/* What is said next: a text between two short ones, each of which may be NULL. */
void	repl_say_pieces(struct repl *, const char *text, size_t len,
	    const char *head, const char *tail);
/* Begins to say it.  marked: it ends by the mark. */
void	repl_say_text(struct repl *, enum repl_purpose, bool marked, uint64_t now);
/* Says a text that ends by a NUL. */
void	repl_say_short(struct repl *, enum repl_purpose, const char *text,
	    bool marked, uint64_t now);
/* A number that was never said before, which is wanted from now on. */
unsigned repl_say_nonce(struct repl *, uint64_t now);
/* Asks the board, in its raw REPL, for such a number. */
void	repl_say_probe(struct repl *, uint64_t now);
/* The board has told its window for the text that waits. */
void	repl_say_paste(struct repl *, uint64_t now);

/* repl_store.c */
/* Whether a text of that length is too long to be sent in one piece. */
bool	repl_must_store(const struct repl *, size_t len);
/* Whether to ask first how much room it has, and what it said: false if it has to
 * be asked again. */
bool	repl_must_ask_room(const struct repl *);
void	repl_say_room(struct repl *, uint64_t now);
bool	repl_room_heard(struct repl *, bool found, uint64_t now);
void	repl_say_store(struct repl *, enum repl_purpose, const char *text,
	    size_t len, uint64_t now);
/* The next piece of what goes in pieces, and at last its use. */
void	repl_say_more(struct repl *, uint64_t now);
/* Drops what a job that was given up left on the board. */
void	repl_say_clean(struct repl *, uint64_t now);

/* repl_helper.c */
/* Puts the helper on the board, or asks what must be known for that. */
void	repl_say_helper(struct repl *, uint64_t now);
/* Has the helper show a number that was never said before. */
void	repl_say_check(struct repl *, uint64_t now);

/* repl_job.c */
/* How much room the rendering of that job needs, at most. */
size_t	repl_wire_size(const struct repl_text *, const char *text, size_t len);
/* Whether the job's text has the helper's name in it. */
bool	repl_names_helper(const struct repl *);
void	repl_say_job(struct repl *, uint64_t now);
/* Whether all that it raised is that the helper is gone, after it ran. */
bool	repl_job_lost_helper(const struct repl *);

/* repl_leave.c */
/* On the way to its friendly prompt, as DRIVER_LEAVE and SOFT_RESET want it. */
void	repl_leave(struct repl *, uint64_t now);
void	repl_leave_expire(struct repl *, uint64_t now);
void	repl_hear_leave(struct repl *, uint8_t, unsigned signs, uint64_t now);

/* repl_step.c */
bool	repl_is_circuitpython(const struct repl *);
/* Out of step: takes the next rung of the ladder, or gives the board up. */
void	repl_stumble(struct repl *, uint64_t now);
void	repl_step_expire(struct repl *, uint64_t now);
void	repl_hear_knock(struct repl *, uint8_t, unsigned signs, uint64_t now);
/* Whether it runs nothing that may not be stopped, as far as is known. */
bool	repl_is_free(const struct repl *);
/* Asks whether it is. */
void	repl_ask_if_free(struct repl *, uint64_t now);

/* repl_plan.c */
/* Takes the next step of the job; in_step and its flags say where we are. */
void	repl_advance(struct repl *, uint64_t now);
/* The text ended with what is in trace[]. */
void	repl_text_over(struct repl *, uint64_t now);

/* repl_end.c */
/* A byte while a text runs, or in what may be its end. */
void	repl_hear_output(struct repl *, uint8_t, unsigned signs, uint64_t now);
/* How much of that is a running job's output for sure, or 0. */
size_t	repl_end_plain(const struct repl *, const uint8_t *, size_t len);
/* Nothing more was said for as long as the state waits. */
void	repl_end_quiet(struct repl *, uint64_t now);
/* Whether the job left by sys.exit(), now that a raw REPL says hello. */
bool	repl_end_exited(struct repl *);
/* The job is over in another way: what is held was output. */
void	repl_end_flush(struct repl *);

/* repl_answer.c */
/* The probe was answered: on with the job. */
void	repl_in_step(struct repl *, uint64_t now);
void	repl_hear_probe(struct repl *, uint8_t, unsigned signs, uint64_t now);
/* May we use raw-paste, and what is its window? */
void	repl_hear_ask(struct repl *, uint8_t, unsigned signs, uint64_t now);
void	repl_hear_window(struct repl *, uint8_t, unsigned signs, uint64_t now);
/* It enters its raw REPL anew. */
void	repl_hear_again(struct repl *, uint8_t, unsigned signs, uint64_t now);
/* Is it free? */
void	repl_hear_free(struct repl *, uint8_t, unsigned signs, uint64_t now);
void	repl_free_expire(struct repl *, uint64_t now);

/* repl_interrupt.c */
/* The board took the text. */
void	repl_runs(struct repl *, uint64_t now);
void	repl_interrupt(struct driver *, uint64_t now);
/* It still runs: what comes after what was said to it. */
void	repl_interrupt_again(struct repl *, uint64_t now);
/* Whether the raw REPL was asked to say hello, since a job does not stop. */
bool	repl_asked_if_over(const struct repl *);

/* repl_hear.c */
void	repl_hear(struct repl *, uint8_t, uint64_t now);
/* Bytes of which repl_end_plain() is sure. */
void	repl_hear_plain(struct repl *, const uint8_t *, size_t, uint64_t now);

#endif
