import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Icon } from "./icon";

interface ModalProps {
  readonly title: string;
  readonly subtitle?: ReactNode;
  readonly size: "small" | "medium" | "wide";
  readonly onClose: () => void;
  /** False where it must not be closed by Escape, a click beside it, or a button. */
  readonly closable?: boolean;
  /** Whether a click beside it closes it as well. */
  readonly dismissable?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page. It keeps the focus, and gives it back to where it was. */
export function ModalDialog(props: ModalProps) {
  const { title, subtitle, size, onClose, closable = true, dismissable = false, children } = props;
  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable={closable && dismissable}
      isKeyboardDismissDisabled={!closable}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={`dlg ${size}`}>
        <Dialog className="dlg-in">
          <div className="dh">
            <div>
              <Heading slot="title" level={2}>
                {title}
              </Heading>
              {subtitle === undefined ? null : <p>{subtitle}</p>}
            </div>
            {closable ? (
              <button type="button" className="icon-btn" aria-label="Close" onClick={onClose}>
                <Icon name="close" />
              </button>
            ) : null}
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
