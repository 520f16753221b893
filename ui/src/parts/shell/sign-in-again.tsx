import { ModalDialog } from "../modal";
import { SignInForm } from "../sign-in-form";

interface SignInAgainProps {
  readonly username: string;
  readonly onSignedIn: () => void;
}

export function SignInAgain({ username, onSignedIn }: SignInAgainProps) {
  return (
    <ModalDialog
      title="Please sign in again"
      subtitle="Your session has ended. What you have written is kept."
      size="small"
      closable={false}
      onClose={() => undefined}
    >
      <div className="body signin-again">
        <SignInForm
          returnTo={location.pathname + location.search}
          onSignedIn={onSignedIn}
          {...(username === "" ? {} : { username })}
        />
      </div>
    </ModalDialog>
  );
}
