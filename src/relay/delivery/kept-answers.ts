/** Answers kept for a while, so that a burst asks once; the oldest go when there are too many. */
const LIFETIME = 60_000;
const LIMIT = 10_000;

/** `ask`, with answers kept by key; what `passing` says of an answer is asked for again by the next attempt. */
export function keepAnswers<A>(options: {
  readonly ask: (key: string) => Promise<A>;
  readonly passing: (answer: A) => boolean;
  readonly now: () => number;
}): (key: string) => Promise<A> {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<A> }>();
  return (key) => {
    const now = options.now();
    const known = answers.get(key);
    if (known !== undefined && known.until > now) return known.answer;
    const answer = options.ask(key);
    answers.delete(key);
    answers.set(key, { until: now + LIFETIME, answer });
    if (answers.size > LIMIT) answers.delete(answers.keys().next().value ?? key);
    const forget = (): void => {
      if (answers.get(key)?.answer === answer) answers.delete(key);
    };
    answer.then((given) => options.passing(given) && forget(), forget);
    return answer;
  };
}
