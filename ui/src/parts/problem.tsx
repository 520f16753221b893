import { RequestFailed } from "../lib/ask";
import { Icon } from "./icon";

interface ProblemProps {
  readonly problem: Error;
  /** What to do where no answer came. */
  readonly unreachable: string;
}

/** Why a change was refused, in the server's words; a session that has ended is told by the sign-in dialog. */
export function Problem({ problem, unreachable }: ProblemProps) {
  const { issues, code } = problem instanceof RequestFailed ? problem : { issues: [], code: "UNKNOWN" };
  if (code === "UNAUTHENTICATED") return null;
  return (
    <div className="note bad">
      <Icon name="circle-x" />
      <div>
        {issues.length === 0 ? (
          <p>
            <b>{code === "UNREACHABLE" ? "No answer." : "Refused."}</b> {problem.message}
          </p>
        ) : (
          issues.map(({ code: reason, message, remedy }) => (
            <p key={reason}>
              <b>{message}</b> {remedy}
            </p>
          ))
        )}
        {code === "UNREACHABLE" ? <p className="soft">{unreachable}</p> : null}
      </div>
    </div>
  );
}
