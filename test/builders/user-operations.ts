export const SELF =
  "{ self { user { id username emails { address } roleBindings { role } } serviceAccount { id label apiKey } token { value } } }";

export const USERS = `query ($user: UserSearch) { users(user: $user) { id username fullName status emails { address verified } roleBindings { role } } }`;

/** As the documentation of the platform has it. */
export const REMOVE_USER_ACCOUNT =
  "mutation ($id: Uuid, $userUuid: Uuid) { removeUser(id: $id, userUuid: $userUuid) { uuid username emails { address } status roleBindings { role } } }";

export const VERIFY_EMAIL = "mutation ($email: String!) { verifyEmail(email: $email) }";

export const UPDATE_USER = `mutation ($userUuid: Uuid, $username: String, $fullName: String) {
  updateUser(userUuid: $userUuid, username: $username, fullName: $fullName) { id username fullName } }`;

export const CHANGE_PASSWORD = `mutation ($currentPassword: String!, $newPassword: String!) {
  changePassword(currentPassword: $currentPassword, newPassword: $newPassword) { user { id } token { value } } }`;

export const SET_PASSWORD =
  "mutation ($userUuid: Uuid!, $password: String!) { setUserPassword(userUuid: $userUuid, password: $password) { id } }";

export const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { user { id } token { value } } }";
